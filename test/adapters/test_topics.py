"""The node's organised cloud and its camera_info as the input of adapters."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from adapter_view import adapter_view, wide_lens
import numpy as np
import pytest

from efficientsam3_ros.adapters import AdapterError, cloud_from_topics
from efficientsam3_ros.scene3d import pack_cloud

FRAME = 'camera_color_optical_frame'


def header(frame=FRAME, sec=3):
    return SimpleNamespace(frame_id=frame, stamp=SimpleNamespace(sec=sec, nanosec=5))


def points_of(cloud, **changed):
    packed = replace(pack_cloud(cloud.points, cloud.rgb, cloud.labels), **changed)
    return SimpleNamespace(**{**vars(packed), 'header': header()})


def info_of(camera):
    own = camera.intrinsics
    return SimpleNamespace(
        header=header(),
        height=own.height,
        width=own.width,
        k=own.matrix().ravel().tolist(),
        d=list(camera.coefficients),
        distortion_model=camera.model,
    )


@pytest.mark.parametrize('camera', [adapter_view().camera, wide_lens()])
def test_all_that_adapters_need_is_in_two_topics(camera):
    cloud = adapter_view(camera)
    read = cloud_from_topics(points_of(cloud), info_of(camera))
    assert (read.points.dtype, read.labels.dtype) == (np.float32, np.uint32)
    np.testing.assert_array_equal(read.points, cloud.points)
    np.testing.assert_array_equal(read.rgb, cloud.rgb)
    np.testing.assert_array_equal(read.labels, cloud.labels)
    assert read.camera == cloud.camera


def test_padded_rows():
    cloud = adapter_view()
    message = points_of(cloud)
    rows = np.frombuffer(message.data, np.uint8).reshape(message.height, -1)
    message.data = np.pad(rows, ((0, 0), (0, 12))).tobytes()
    message.row_step += 12
    read = cloud_from_topics(message, info_of(cloud.camera))
    np.testing.assert_array_equal(read.points, cloud.points)


@pytest.mark.parametrize(
    ('of', 'changed', 'told'),
    [
        ('points', {'height': 1, 'width': 76800}, 'list of 76800 points.*~/objects_points'),
        ('points', {'header': header('map')}, 'in "map".*output_frame empty'),
        ('points', {'header': header(sec=4)}, r'4\.000000005.*3\.000000005.*equal stamps'),
        ('points', {'data': b'12'}, 'holds 2 bytes.*damaged'),
        ('info', {'height': 120}, 'cloud is 320x240, its camera 320x120'),
    ],
)
def test_what_does_not_belong_together_is_refused(of, changed, told):
    cloud = adapter_view()
    messages = {'points': points_of(cloud), 'info': info_of(cloud.camera)}
    vars(messages[of]).update(changed)
    with pytest.raises(AdapterError, match=told):
        cloud_from_topics(**messages)


def test_the_cloud_of_a_driver_is_refused():
    cloud = adapter_view()
    message = points_of(cloud)
    message.fields = [field for field in message.fields if field.name != 'label']
    with pytest.raises(AdapterError, match=r'no field label .* its fields are x, y, z, rgb'):
        cloud_from_topics(message, info_of(cloud.camera))
