from __future__ import annotations

from depth_scene import CAMERA, DepthScene
import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import make_cloud
from efficientsam3_ros.scene3d.errors import SceneError


def test_points_of_a_sphere_lie_on_it():
    scene = DepthScene()
    center = np.array([0.05, -0.02, 0.9])
    scene.add_sphere(7, center, 0.2)
    cloud = make_cloud(scene.depth, CAMERA, np.zeros((120, 160, 3), np.uint8), scene.labels)
    points = cloud.points[cloud.labels == 7]
    assert len(points) > 1000
    np.testing.assert_allclose(np.linalg.norm(points - center, axis=1), 0.2, atol=1e-5)
    assert not cloud.measured[0, 0]
    assert cloud.labels.dtype == np.uint32


def test_images_of_different_sizes_are_refused():
    with pytest.raises(SceneError, match=r'depth 160x120, color 80x60.*register depth'):
        make_cloud(
            np.ones((120, 160)), CAMERA, np.zeros((60, 80, 3), np.uint8), np.zeros((120, 160), int)
        )
    with pytest.raises(SceneError, match='whole numbers'):
        make_cloud(
            np.ones((120, 160)), CAMERA, np.zeros((120, 160, 3), np.uint8), np.ones((120, 160))
        )
