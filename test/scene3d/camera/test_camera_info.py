from __future__ import annotations

import pytest

from efficientsam3_ros.scene3d.camera import camera_from_info
from efficientsam3_ros.scene3d.errors import SceneError

K = [65.0, 0, 40.5, 0, 66.0, 29.0, 0, 0, 1]
P = [60.0, 0, 39.0, 0, 0, 61.0, 30.0, 0, 0, 0, 1, 0]
BENT = [-0.25, 0.06, 0.0, 0.0, 0.0]


def test_raw_image_has_k_and_distortion():
    camera = camera_from_info((60, 80), K, BENT, 'plumb_bob', p=P)
    assert (camera.intrinsics.fx, camera.intrinsics.cy) == (65.0, 29.0)
    assert camera.model == 'plumb_bob'


def test_rectified_image_has_p_and_none():
    camera = camera_from_info((60, 80), K, BENT, 'plumb_bob', p=P, rectified=True)
    assert (camera.intrinsics.fx, camera.intrinsics.cy) == (60.0, 30.0)
    assert camera.model == ''


@pytest.mark.parametrize('d', [[], [0.0] * 5])
def test_a_lens_without_distortion_is_the_plain_pinhole(d):
    assert camera_from_info((60, 80), K, d, 'plumb_bob') == camera_from_info((60, 80), K)


def test_fisheye_with_zeros_is_no_pinhole():
    assert camera_from_info((60, 80), K, [0.0] * 4, 'equidistant').model == 'equidistant'


def test_resized_image_scales_the_camera():
    camera = camera_from_info((60, 80), K, image_size=(120, 160))
    assert (camera.size, camera.intrinsics.fx, camera.intrinsics.cx) == ((120, 160), 130.0, 81.5)


@pytest.mark.parametrize(
    ('k', 'd', 'model', 'text'),
    [
        ([0.0] * 9, [], '', 'no calibration .*calibrate the camera'),
        (K[:8], [], '', 'K of camera_info has 8 values'),
        (K, [0.1] * 5, 'omnidirectional', '"omnidirectional" is not read.*image_rect'),
        (K, [0.1], '', 'is not read'),
        (K, [0.1] * 3, 'plumb_bob', '4 or 5 coefficients.*gives 3'),
        (K, [float('nan')] * 5, 'plumb_bob', 'not finite'),
        ([65.0, 0, float('nan'), 0, 66.0, 29.0, 0, 0, 1], [], '', 'no calibration'),
    ],
)
def test_what_is_no_camera_names_cause_and_remedy(k, d, model, text):
    with pytest.raises(SceneError, match=text):
        camera_from_info((60, 80), k, d, model)
