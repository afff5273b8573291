from __future__ import annotations

from depth_scene import CAMERA, DepthScene, looking_down
import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import make_cloud
from efficientsam3_ros.scene3d.plane import support_plane

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
    plane = support_plane(cloud_of(scene), 4, up=up)
    assert plane.normal @ UP > np.cos(np.radians(1))
    assert abs(plane.heights(SPOT)) < 0.003


def test_a_thing_whose_foot_is_hidden_stands_there_too(scene):
    foot = scene.labels * (np.arange(120)[:, None] > 66) == 4
    scene.labels[foot], scene.depth[foot] = 5, 0.6
    plane = support_plane(cloud_of(scene), 4)
    assert plane.normal @ UP > np.cos(np.radians(1))


def test_nothing_near_and_nothing_there(scene):
    assert support_plane(cloud_of(scene), 77) is None
    alone = DepthScene()
    alone.add_box(4, SPOT, AXES, SIZE)
    assert support_plane(cloud_of(alone), 4) is None
    flying = DepthScene()
    flying.add_plane(UP, SPOT - 0.4 * UP)
    flying.add_box(4, SPOT + 0.1 * UP, AXES, SIZE)
    assert support_plane(cloud_of(flying), 4) is None
