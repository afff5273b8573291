from __future__ import annotations

from depth_scene import CAMERA, DepthScene
import numpy as np

from efficientsam3_ros.scene3d.cloud import make_cloud
from efficientsam3_ros.scene3d.grasps import surface_normals

BLACK = np.zeros((120, 160, 3), np.uint8)


def test_normals_of_a_sphere_point_away_from_its_middle():
    scene = DepthScene()
    center = np.array([0.05, -0.02, 0.9])
    scene.add_sphere(1, center, 0.25)
    cloud = make_cloud(scene.depth, CAMERA, BLACK, scene.labels)
    mask = scene.labels == 1
    points = cloud.points[mask]
    expected = (points - center) / 0.25
    normals = surface_normals(cloud, mask)
    cosines = (normals * expected).sum(axis=1)
    # But for the outline, where a pixel covers centimetres.
    facing = -(expected * points).sum(axis=1) / np.linalg.norm(points, axis=1) > 0.4
    assert facing.sum() > 2000
    assert cosines[facing].min() > np.cos(np.radians(6))
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)


def test_surfaces_on_either_side_of_a_jump_do_not_mix():
    depth = np.full((120, 160), 0.8)
    depth[:, 80:] = 1.0
    cloud = make_cloud(depth, CAMERA, BLACK, np.ones((120, 160), np.uint32))
    normals = surface_normals(cloud, np.ones((120, 160), bool)).reshape(120, 160, 3)
    np.testing.assert_allclose(normals[60, 76:84], [[0, 0, -1]] * 8, atol=1e-6)


def test_no_pixels_no_normals():
    cloud = make_cloud(np.ones((120, 160)), CAMERA, BLACK, np.zeros((120, 160), np.uint32))
    assert surface_normals(cloud, np.zeros((120, 160), bool)).shape == (0, 3)
