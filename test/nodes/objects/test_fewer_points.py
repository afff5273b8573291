from __future__ import annotations

from grasp_table import CAMERA, seen, standing
import numpy as np
import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')

from efficientsam3_ros.nodes.objects.outputs.thinning import first_of_each_voxel
from efficientsam3_ros.nodes.objects.scene.coarse import every_nth, stride_for
from efficientsam3_ros.scene3d import find_support

MUG = standing((0.06, 0.05, 0.1), 20)


@pytest.mark.parametrize('step', [2, 3, 7])
def test_points_of_a_coarse_cloud_lie_on_its_own_pixels(step):
    cloud = every_nth(seen(MUG), step)
    rows, columns = np.nonzero(cloud.measured)
    assert cloud.camera.size == cloud.size == tuple(-(-n // step) for n in CAMERA.size)
    pixels = cloud.camera.project(cloud.points[rows, columns])
    np.testing.assert_allclose(pixels, np.stack([columns, rows], axis=1), atol=1e-3)


def test_the_plane_below_an_object_is_the_same():
    cloud = seen(MUG)
    one, other = find_support(cloud, 1), find_support(every_nth(cloud, 3), 1)
    assert one.plane.normal @ other.plane.normal > 0.9999
    assert abs(one.plane.offset - other.plane.offset) < 0.001
    assert other.carries


def test_small_images_and_small_objects_keep_every_pixel():
    cloud = seen(MUG)
    assert stride_for(cloud, 10_000) == 1
    large = every_nth(cloud, 1)
    large = type(large)(*(np.tile(a, (4, 4, 1)) for a in (cloud.points, cloud.rgb)),
                        np.tile(cloud.labels, (4, 4)), cloud.camera)  # fmt: skip
    assert stride_for(large, 100_000) == 4
    assert stride_for(large, 150 * 4) == 2
    assert stride_for(large, 50) == 1


def test_each_voxel_keeps_its_first_point():
    points = np.random.default_rng(0).uniform(-1, 1, (5000, 3)).astype(np.float32)
    chosen = first_of_each_voxel(points, 0.2)
    cells = ((points - points.min(axis=0)) / 0.2).astype(int)
    first = {}
    for index, cell in enumerate(map(tuple, cells)):
        first.setdefault(cell, index)
    assert chosen.tolist() == sorted(first.values())
    assert len(first_of_each_voxel(np.zeros((0, 3), np.float32), 0.2)) == 0
