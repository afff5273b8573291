from __future__ import annotations

from depth_scene import DepthScene
from grasp_table import CAMERA, SPOT, TABLE, UP, seen, standing, with_noise
import numpy as np
import pytest

from efficientsam3_ros.scene3d.grasps import GraspSearch, Gripper, find_grasps

HAND = Gripper()
BOX = standing((0.05, 0.14, 0.1), 30)
QUICK = GraspSearch(samples=25)


@pytest.fixture(scope='module')
def cloud():
    return seen(BOX)


@pytest.fixture(scope='module')
def grasps(cloud):
    return find_grasps(cloud, 1, support=TABLE)


def hand_points(grasp, hand=HAND):
    """Return points all through the open hand, in the camera's frame."""
    low, high = hand.solids(grasp.width)
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 3), axis=-1).reshape(-1, 3)
    own = (low[:, None] + grid * (high - low)[:, None]).reshape(-1, 3)
    return grasp.pose[:3, 3] + own @ grasp.pose[:3, :3].T


def test_poses_are_right_handed_and_ordered_by_score(grasps):
    assert len(grasps) >= 5
    for grasp in grasps:
        turn = grasp.pose[:3, :3]
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) == pytest.approx(1)
        assert grasp.pose[3].tolist() == [0, 0, 0, 1]
    scores = [grasp.score for grasp in grasps]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1


def test_fingers_close_on_two_sides_of_the_box(grasps):
    best = grasps[0]
    assert abs(best.pose[:3, 1] @ BOX.rotation[:, 0]) > np.cos(np.radians(15))
    assert np.linalg.norm(np.subtract(*best.contacts)) == pytest.approx(0.05, abs=0.012)
    assert 0.05 + 2 * HAND.clearance - 0.012 < best.width <= HAND.max_width
    for grasp in grasps:
        contacts = (grasp.contacts - BOX.center) @ BOX.rotation
        assert (np.abs(contacts) <= BOX.size / 2 + 0.008).all(), 'contacts are on the box'
        assert np.linalg.norm(grasp.contacts[0] - grasp.contacts[1]) > 0.04
        assert any(grasp.sides_seen)


def test_the_open_hand_is_in_neither_box_nor_table(grasps):
    for grasp in grasps:
        points = hand_points(grasp)
        assert not BOX.inside(points, -0.004).any()
        assert TABLE.heights(points).min() > 0


def test_the_hand_comes_from_the_side_that_is_seen(grasps):
    for grasp in grasps:
        assert grasp.approach @ BOX.center > 0
        assert grasp.approach @ grasps[0].pose[:3, 3] > 0


def test_without_up_and_support_the_hand_comes_along_the_view(cloud):
    best = find_grasps(cloud, 1, search=QUICK)[0]
    assert best.approach @ (BOX.center / np.linalg.norm(BOX.center)) > 0.6


def test_a_neighbour_is_not_hit():
    neighbour = standing((0.04, 0.14, 0.09), 30, right=0.075)
    beside = find_grasps(seen(BOX, neighbour), 1, support=TABLE)
    assert beside
    for grasp in beside:
        assert not neighbour.inside(hand_points(grasp), -0.004).any()


def test_no_grasp_where_a_neighbour_leaves_no_room_for_a_finger(grasps):
    neighbour = standing((0.04, 0.14, 0.12), 30, right=0.055)
    assert any(neighbour.inside(hand_points(grasp), -0.004).any() for grasp in grasps)
    assert find_grasps(seen(BOX, neighbour), 1, support=TABLE, search=QUICK) == ()


def test_the_hand_opens_wide_where_there_is_room_and_no_wider_beside_a_neighbour(grasps):
    assert max(grasp.width for grasp in grasps) > 0.05 + 2 * HAND.clearance + 0.015
    near = standing((0.04, 0.14, 0.09), 30, right=0.075)
    tight = find_grasps(seen(BOX, near), 1, support=TABLE)
    between = [g for g in tight if abs(g.pose[:3, 1] @ BOX.rotation[:, 0]) > 0.95]
    assert between and max(grasp.width for grasp in between) < 0.05 + 0.04 + 0.005


def test_a_flat_thing_is_held_across(cloud):
    ruler = standing((0.025, 0.2, 0.02), 20)
    best = find_grasps(seen(ruler), 1, support=TABLE)[0]
    assert abs(best.pose[:3, 1] @ ruler.rotation[:, 0]) > np.cos(np.radians(8))


def test_what_is_too_wide_needs_a_larger_hand():
    cloud = seen(standing((0.11, 0.12, 0.1), 0))
    assert find_grasps(cloud, 1, support=TABLE, search=QUICK) == ()
    large = Gripper(max_width=0.14)
    assert find_grasps(cloud, 1, large, support=TABLE, search=QUICK)


def test_a_ball_too_large_for_the_hand_is_not_held_by_its_cap():
    scene = DepthScene(CAMERA)
    scene.add_plane(UP, SPOT)
    scene.add_sphere(1, SPOT + 0.12 * UP, 0.12)
    assert find_grasps(with_noise(scene), 1, support=TABLE, search=QUICK) == ()


def test_a_crate_is_held_by_its_wall():
    wide, wall, height = 0.2, 0.012, 0.08
    scene = DepthScene(CAMERA)
    scene.add_plane(UP, SPOT)
    frame = standing((1, 1, height), 15)
    for axis in (0, 1):
        size = np.array([wide, wide, height])
        size[axis] = wall
        for side in (-1, 1):
            middle = frame.center + side * (wide - wall) / 2 * frame.rotation[:, axis]
            scene.add_box(1, middle, frame.rotation, size)
    grasps = find_grasps(with_noise(scene), 1, support=TABLE, search=QUICK)
    assert grasps
    closing = grasps[0].pose[:3, 1]
    assert abs(np.subtract(*grasps[0].contacts) @ closing) < 0.03
    assert wall < grasps[0].width < 0.06


def test_a_cylinder_is_held_across_its_middle():
    scene = DepthScene(CAMERA)
    scene.add_plane(UP, SPOT)
    scene.add_cylinder(1, SPOT, UP, 0.03, 0.12)
    grasps = find_grasps(with_noise(scene), 1, support=TABLE, search=QUICK)
    assert grasps
    for grasp in grasps[:3]:
        off = grasp.contacts - SPOT
        off = off - (off @ UP)[:, None] * UP
        closing = grasp.pose[:3, 1] - (grasp.pose[:3, 1] @ UP) * UP
        middle = np.linalg.norm(np.cross(off.mean(axis=0), closing))
        assert middle < 0.6 * 0.03, 'not at its edge, where fingers slip off'


def test_same_seed_same_grasps_and_no_more_than_asked_for(cloud, grasps):
    again = find_grasps(cloud, 1, support=TABLE)
    assert all(np.array_equal(a.pose, b.pose) for a, b in zip(grasps, again, strict=True))
    search = GraspSearch(samples=20, max_grasps=2, seed=4)
    assert len(find_grasps(cloud, 1, support=TABLE, search=search)) == 2


def test_nothing_without_depth(cloud):
    assert find_grasps(cloud, 99) == ()
