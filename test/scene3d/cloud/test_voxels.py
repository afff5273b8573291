from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import voxel_sample


@pytest.fixture
def points():
    return np.random.default_rng(2).uniform(0, 1, (5000, 3)).astype(np.float32)


def test_one_point_a_voxel(points):
    chosen = voxel_sample(points, 0.1)
    assert 990 <= len(chosen) <= 1331
    cells = np.floor((points[chosen] - points.min(axis=0)) / 0.1)
    assert len(np.unique(cells, axis=0)) == len(chosen)
    assert (np.diff(chosen) > 0).all()


@pytest.mark.parametrize('bound', [1, 20, 300])
def test_never_more_than_the_bound(points, bound):
    chosen = voxel_sample(points, 0.01, bound)
    assert bound / 4 <= len(chosen) <= bound


def test_the_point_nearest_to_the_mean_stands_for_its_voxel():
    points = np.array([[0, 0, 0], [0.5, 0.5, 0.4], [0.9, 0.9, 0.9], [5, 5, 5.0]])
    assert voxel_sample(points, 1.0).tolist() == [1, 3]


def test_no_points_and_no_size():
    assert voxel_sample(np.zeros((0, 3)), 0.1).shape == (0,)
    with pytest.raises(ValueError, match='positive'):
        voxel_sample(np.zeros((1, 3)), 0.0)
