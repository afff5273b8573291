from __future__ import annotations

from depth_scene import CAMERA, DepthScene, looking_down
import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import make_cloud
from efficientsam3_ros.scene3d.plane import Plane, find_support
import efficientsam3_ros.scene3d.plane.support as support_module

UP = looking_down(35)
SPOT = np.array([0.0, 0.0, 0.9])  # of the table
WALL = np.array([0.0, 0.0, -1.0]) - (np.array([0.0, 0.0, -1.0]) @ UP) * UP
WALL /= np.linalg.norm(WALL)
AXES = np.stack([np.cross(UP, WALL), UP, WALL], axis=1)
SIZE = np.array([0.12, 0.2, 0.1])


@pytest.fixture
def scene():
    """A box on a table; a wall 25 cm behind it."""
    scene = DepthScene()
    scene.add_plane(UP, SPOT)
    scene.add_plane(WALL, SPOT - 0.25 * WALL)
    scene.add_box(4, SPOT + 0.1 * UP, AXES, SIZE)
    return scene


def cloud_of(scene, noise=0.001):
    depth = scene.depth + np.random.default_rng(0).normal(0, noise, scene.depth.shape)
    return make_cloud(depth, CAMERA, np.zeros((120, 160, 3), np.uint8), scene.labels)


@pytest.mark.parametrize('up', [None, UP])
def test_the_table_and_not_the_wall(scene, up):
    support = find_support(cloud_of(scene), 4, up=up)
    assert support.plane.normal @ UP > np.cos(np.radians(1))
    assert abs(support.plane.heights(SPOT)) < 0.003
    assert support.gap < 0.01
    assert support.carries


def test_a_thing_whose_foot_is_hidden_stands_there_too(scene):
    scene.add_box(5, SPOT + 0.06 * UP + 0.15 * WALL, AXES, np.array([0.2, 0.12, 0.02]))
    support = find_support(cloud_of(scene), 4)
    assert support.plane.normal @ UP > np.cos(np.radians(1))
    assert support.gap > 0.05
    assert support.carries


@pytest.mark.parametrize('ahead', [-0.02, 0.0, 0.02])
def test_a_thing_on_top_of_another_does_not(scene, ahead):
    scene.add_box(5, SPOT + 0.25 * UP + ahead * WALL, AXES, np.array([0.1, 0.1, 0.06]))
    support = find_support(cloud_of(scene), 5)
    assert support.plane.normal @ UP > np.cos(np.radians(1))
    assert support.gap == pytest.approx(0.2, abs=0.02)
    assert not support.carries


def test_a_thing_cut_off_by_the_lower_edge_of_the_image(scene):
    scene.add_box(5, SPOT + 0.05 * UP + 0.5 * WALL, AXES, np.array([0.1, 0.4, 0.1]))
    cloud = cloud_of(scene)
    assert (cloud.labels[-1] == 5).any()
    assert find_support(cloud, 5, up=UP).carries


def test_a_patch_beside_the_thing_does_not_carry_it(scene):
    # Its plane rises from the foot of the box, which is hidden, and fits better than the table.
    right = AXES[:, 0]
    normal, along = (0.87 * UP + 0.5 * right), (0.5 * UP - 0.87 * right)
    turn = np.stack([along, normal, np.cross(along, normal)], axis=1)
    foot = SPOT - 0.06 * right + 0.04 * UP
    scene.add_box(0, foot + 0.06 * along - 0.005 * normal, turn, np.array([0.08, 0.01, 0.08]))
    scene.add_box(5, SPOT + 0.02 * UP + 0.09 * WALL, AXES, np.array([0.14, 0.05, 0.02]))
    assert find_support(cloud_of(scene), 4).plane.normal @ UP > np.cos(np.radians(1))


def test_a_platform_beside_the_thing_does_not_carry_it(scene):
    size = np.array([0.3, 0.12, 1.0])
    for side in (-0.26, 0.26):
        scene.add_box(0, SPOT + 0.06 * UP + side * AXES[:, 0], AXES, size)
    plane = find_support(cloud_of(scene), 4, up=UP).plane
    assert abs(plane.heights(SPOT)) < 0.005


def test_nothing_near_and_nothing_there(scene):
    assert find_support(cloud_of(scene), 77) is None
    alone = DepthScene()
    alone.add_box(4, SPOT, AXES, SIZE)
    assert find_support(cloud_of(alone), 4) is None


def no_search(*_args, **_options):
    raise AssertionError('a plane is searched for')


def test_a_plane_that_is_known_needs_no_search(scene, monkeypatch):
    cloud = cloud_of(scene)
    known = find_support(cloud, 4).plane
    monkeypatch.setattr(support_module, 'fit_plane', no_search)
    again = find_support(cloud, 4, known=[known])
    assert again.plane is known and again.carries and again.gap < 0.01


def test_a_known_plane_that_does_not_carry_the_thing_is_no_answer(scene):
    cloud = cloud_of(scene)
    found = find_support(cloud, 4)
    # The top of something lower, and the wall behind.
    others = [Plane(UP, float(-UP @ (SPOT - 0.05 * UP))), Plane(WALL, float(0.25 - WALL @ SPOT))]
    again = find_support(cloud, 4, known=others)
    assert np.allclose(again.plane.normal, found.plane.normal)
    assert again.plane.offset == found.plane.offset


def test_a_thing_on_top_of_another_is_not_put_on_the_known_table(scene):
    scene.add_box(5, SPOT + 0.25 * UP, AXES, np.array([0.1, 0.1, 0.06]))
    cloud = cloud_of(scene)
    assert not find_support(cloud, 5, known=[find_support(cloud, 4).plane]).carries
