"""nvblox: encodings, sizes and frames as its page and its conversions have them."""

from __future__ import annotations

from types import SimpleNamespace

from adapter_view import BOX, MUG, adapter_view
import numpy as np
import pytest

from efficientsam3_ros.adapters import (
    AdapterError,
    check_nvblox_input,
    nvblox_mask,
    nvblox_remappings,
)

FRAME = 'camera_color_optical_frame'
BYTES = {'mono8': 1, '8UC1': 1, '16UC1': 2, '32FC1': 4, 'rgb8': 3, '64FC1': 8}


def header(stamp=1, frame=FRAME):
    return SimpleNamespace(stamp=SimpleNamespace(sec=stamp, nanosec=0), frame_id=frame)


def image(encoding, height=240, width=320, padding=0, **where):
    step = width * BYTES[encoding] + padding
    return SimpleNamespace(
        header=header(**where), encoding=encoding, height=height, width=width, step=step
    )


def info(height=240, width=320, d=(0.0,) * 5, **where):
    return SimpleNamespace(header=header(**where), height=height, width=width, d=list(d))


def given(**changed):
    right = {
        'depth': image('32FC1'),
        'depth_info': info(),
        'mask': image('mono8'),
        'mask_info': info(),
        'color': image('rgb8'),
    }
    return {**right, **changed}


def test_the_mask_of_all_objects_or_of_some():
    labels = adapter_view().labels
    mask = nvblox_mask(labels)
    assert (mask.dtype, mask.shape) == (np.uint8, labels.shape)
    np.testing.assert_array_equal(mask, np.where(labels > 0, 255, 0))
    np.testing.assert_array_equal(nvblox_mask(labels, [BOX]) > 0, labels == BOX)
    assert not nvblox_mask(labels, [0]).any(), 'the background is no object'
    assert not nvblox_mask(labels, []).any()
    assert (nvblox_mask(labels, [MUG, BOX]) == mask).all()


def test_labels_that_lost_their_values_are_refused():
    with pytest.raises(AdapterError, match=r'float32.*label_image as 16UC1'):
        nvblox_mask(adapter_view().labels.astype(np.float32))


def test_remappings():
    assert nvblox_remappings('/arm/objects/', camera=1) == [
        ('camera_1/mask/image', '/arm/objects/target_mask'),
        ('camera_1/mask/camera_info', '/arm/objects/camera_info'),
    ]


@pytest.mark.parametrize('encoding', ['32FC1', '16UC1'])
def test_what_it_takes(encoding):
    check_nvblox_input(**given(depth=image(encoding)))
    apart = given(depth=image(encoding, 480, 640), depth_info=info(480, 640))
    check_nvblox_input(**apart)


@pytest.mark.parametrize(
    ('changed', 'told'),
    [
        ({'mask': image('16UC1')}, 'mask is 16UC1; nvblox reads mono8. Take ~/target_mask'),
        ({'mask': image('8UC1')}, 'mask is 8UC1'),
        ({'depth': image('64FC1')}, 'depth is 64FC1; nvblox reads 32FC1 or 16UC1'),
        ({'mask': image('mono8', padding=64)}, 'Rows of the mask have 384 bytes for 320'),
        ({'mask_info': info(480, 640)}, 'mask is 320x240, its camera_info 640x480'),
        ({'mask_info': info(frame='map')}, 'mask is in "camera_color_optical_frame".*"map"'),
        ({'mask_info': info(stamp=2)}, 'different stamps; take ~/camera_info'),
        ({'depth_info': info(d=(0.1, 0, 0, 0, 0))}, 'lens of the depth is distorted.*rectify'),
        ({'color': image('rgb8', 480, 640)}, 'Color is 640x480, the mask 320x240'),
    ],
)
def test_what_it_would_misread_is_refused(changed, told):
    with pytest.raises(AdapterError, match=told):
        check_nvblox_input(**given(**changed))
