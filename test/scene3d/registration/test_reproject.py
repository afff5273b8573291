from __future__ import annotations

from depth_scene import DepthScene
import numpy as np
import pytest

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.camera import CameraModel
from efficientsam3_ros.scene3d.errors import SceneError
from efficientsam3_ros.scene3d.registration import register_depth

DEPTH_CAMERA = CameraModel(Intrinsics(80, 60, 60.0, 60.0, 39.5, 29.5))
FINER = CameraModel(Intrinsics(240, 180, 200.0, 200.0, 119.5, 89.5))
BESIDE = np.eye(4)
BESIDE[0, 3] = -0.05  # the color camera is 5 cm to the right
SLANT = np.array([0.3, -0.5, -0.8]) / np.linalg.norm([0.3, -0.5, -0.8])
ON_SLANT = np.array([0.0, 0.0, 1.5])


def seen_by(camera, right=0.0):
    scene = DepthScene(camera)
    scene.add_plane(SLANT, ON_SLANT - [right, 0, 0])
    scene.add_box(1, np.array([-right, 0, 0.8]), np.eye(3), np.array([0.2, 0.2, 0.1]))
    return scene


def test_the_same_camera_gives_the_same_depth():
    depth = seen_by(DEPTH_CAMERA).depth
    again = register_depth(depth, DEPTH_CAMERA, DEPTH_CAMERA, np.eye(4))
    np.testing.assert_allclose(again, depth, rtol=1e-5)


def test_a_finer_camera_beside_it_sees_what_is_there_without_gaps():
    registered = register_depth(seen_by(DEPTH_CAMERA).depth, DEPTH_CAMERA, FINER, BESIDE)
    truth = seen_by(FINER, right=0.05)
    # All but the edges of the body, and what it hides from the depth camera.
    off = np.abs(registered - truth.depth) / truth.depth
    body = truth.labels == 1
    assert np.isfinite(registered[body]).all(), 'a body seen by both has no gaps'
    assert (off < 0.02)[body].mean() > 0.97
    inner = np.zeros_like(body)
    inner[40:140, 160:220] = True
    assert (off < 0.02)[inner & ~body].mean() > 0.97


def test_a_turned_camera_leaves_no_cracks():
    angle = np.radians(7)
    turned = np.eye(4)
    turned[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    scene = DepthScene(DEPTH_CAMERA)
    scene.add_plane(SLANT, ON_SLANT)
    registered = register_depth(scene.depth, DEPTH_CAMERA, DEPTH_CAMERA, turned)
    assert np.isfinite(registered[10:50, 12:68]).all()


def test_what_the_depth_camera_does_not_see_stays_open():
    registered = register_depth(seen_by(DEPTH_CAMERA).depth, DEPTH_CAMERA, FINER, BESIDE)
    truth = seen_by(FINER, right=0.05)
    shadow = np.isnan(registered)[:, 60:230] & (truth.labels[:, 60:230] == 0)
    assert shadow[70:110].sum(axis=1).min() >= 3


def test_the_nearest_wins():
    depth = np.full((60, 80), 2.0)
    depth[:, 40:] = 1.0
    aside = np.eye(4)
    aside[0, 3] = 0.2
    registered = register_depth(depth, DEPTH_CAMERA, DEPTH_CAMERA, aside)
    # The near half moves by 12 pixels, the far one by 6, so they meet.
    assert (registered[:, 52:] == 1.0).all()
    assert (registered[:, 7:45] == 2.0).all()
    behind = np.eye(4)
    behind[0, 3] = -0.2
    registered = register_depth(depth, DEPTH_CAMERA, DEPTH_CAMERA, behind)
    assert (registered[:, 29:67] == 1.0).all()


def test_holes_stay_holes():
    depth = np.full((60, 80), 1.0)
    depth[20:40, 30:50] = np.nan
    registered = register_depth(depth, DEPTH_CAMERA, FINER, np.eye(4))
    scale = 200 / 60
    across = np.isnan(registered[90]).sum()
    assert abs(across - 20 * scale) <= 3


@pytest.mark.parametrize(
    'transform', [np.eye(3), 2 * np.eye(4), np.diag([1.0, 1, -1, 1]), np.full((4, 4), np.nan)]
)
def test_what_is_no_rigid_transform_is_refused(transform):
    with pytest.raises(SceneError, match='take it from TF'):
        register_depth(np.ones((60, 80)), DEPTH_CAMERA, FINER, transform)
