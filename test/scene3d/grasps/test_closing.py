from __future__ import annotations

from depth_scene import DepthScene
from grasp_table import CAMERA, SPOT, TABLE, UP, seen, standing, with_noise
import numpy as np
import pytest

from efficientsam3_ros.scene3d.grasps import Gripper
from efficientsam3_ros.scene3d.grasps.closing import close_hand
from efficientsam3_ros.scene3d.grasps.scene import GraspScene
from efficientsam3_ros.scene3d.grasps.scoring import slips

HAND = Gripper()


def scene_of(cloud):
    return GraspScene.of(cloud, 1, TABLE, 0.2)


def from_above(closing, tilt_deg=0.0):
    """Return a hand that comes down, tilted towards the closing direction."""
    tilt = np.radians(tilt_deg)
    down, along = -UP, closing / np.linalg.norm(closing)
    approach = np.cos(tilt) * down + np.sin(tilt) * along
    closing = np.cos(tilt) * along - np.sin(tilt) * down
    return np.stack([np.cross(closing, approach), closing, approach], axis=1)


def test_a_box_is_touched_where_its_sides_are():
    box = standing((0.05, 0.14, 0.1), 0)
    scene = scene_of(seen(box))
    top = box.center + 0.05 * UP
    hold = close_hand(scene, top, from_above(box.rotation[:, 0]), 0.03, HAND)
    assert hold.extent == pytest.approx(0.05, abs=0.006)
    sides = (hold.contacts - box.center) @ box.rotation[:, 0]
    np.testing.assert_allclose(sides, [-0.025, 0.025], atol=0.005)
    assert (hold.origin - top) @ UP == pytest.approx(-0.03, abs=0.004)
    assert hold.ends.all()
    assert not slips(hold, HAND)


def test_fingers_that_would_lie_flat_on_a_lid_do_not_hold_it():
    lid = standing((0.3, 0.3, 0.06), 0)
    scene = scene_of(seen(lid, noise=0.0))
    top = lid.center + 0.03 * UP
    rotation = from_above(lid.rotation[:, 0], tilt_deg=12)
    edge = top - 0.12 * lid.rotation[:, 0]
    for start in (edge, top):
        hold = close_hand(scene, start, rotation, 0.015, HAND)
        assert hold is None or slips(hold, HAND)
    assert close_hand(scene, edge, rotation, 0.015, HAND) is not None


def crate(width):
    """Return a box without lid and bottom, its wall to the left, and the axis across it."""
    wall, height = 0.012, 0.08
    scene = DepthScene(CAMERA)
    scene.add_plane(UP, SPOT)
    frame = standing((1, 1, height), 0)
    for axis in (0, 1):
        size = np.array([width, width, height])
        size[axis] = wall
        for side in (-1, 1):
            middle = frame.center + side * (width - wall) / 2 * frame.rotation[:, axis]
            scene.add_box(1, middle, frame.rotation, size)
    across = frame.rotation[:, 0]
    rim = frame.center + height / 2 * UP - (width - wall) / 2 * across
    return scene_of(with_noise(scene)), rim, across


def test_a_crate_wider_than_the_hand_is_held_by_its_wall_a_small_one_across():
    for width, extent in ((0.2, 0.012), (0.06, 0.06)):
        scene, rim, across = crate(width)
        hold = close_hand(scene, rim, from_above(across), 0.02, HAND)
        assert hold.extent == pytest.approx(extent, abs=0.008)


def test_nothing_to_hold_and_too_much():
    scene = scene_of(seen(standing((0.12, 0.14, 0.1), 0)))
    top = SPOT + 0.1 * UP
    across = np.array([1.0, 0, 0])
    assert close_hand(scene, top, from_above(across), 0.03, HAND) is None
    assert close_hand(scene, top + 0.5 * across, from_above(across), 0.03, HAND) is None
