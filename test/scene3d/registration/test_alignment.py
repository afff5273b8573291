from __future__ import annotations

from dataclasses import replace

import pytest

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.camera import CameraModel
from efficientsam3_ros.scene3d.errors import SceneError
from efficientsam3_ros.scene3d.registration import ImageSource, require_aligned

CAMERA = CameraModel(Intrinsics(80, 60, 65.0, 65.0, 39.5, 29.5))
COLOR = ImageSource((60, 80), CAMERA, 'color_optical')


def test_the_same_camera_is_aligned():
    require_aligned(COLOR, COLOR)
    require_aligned(ImageSource((60, 80)), COLOR)


@pytest.mark.parametrize(
    ('depth', 'text'),
    [
        (replace(COLOR, size=(30, 40)), 'depth is 40x30, color 80x60'),
        (replace(COLOR, frame_id='depth_optical'), 'frame "depth_optical"'),
        (replace(COLOR, camera=CAMERA.cropped(5, 0, 60, 80)), 'cx=34.5'),
        (replace(COLOR, camera=CAMERA.resized(120, 160)), 'fx=130.0'),
    ],
)
def test_another_camera_is_refused_and_the_option_named(depth, text):
    with pytest.raises(SceneError, match=text) as caught:
        require_aligned(depth, COLOR)
    assert 'align_depth.enable' in str(caught.value)
    assert 'depth_registered' in str(caught.value)
