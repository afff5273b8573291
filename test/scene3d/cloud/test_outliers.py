from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.scene3d.cloud import inliers
from efficientsam3_ros.scene3d.cloud.voxel_groups import connected_groups, voxels_of

AHEAD = np.array([0, 0, 0.8])


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize('share', [0.01, 0.05, 0.1])
def test_background_goes_and_the_body_stays(rng, share):
    body = rng.uniform(-0.05, 0.05, (2000, 3)) + AHEAD
    wall = rng.uniform(-0.3, 0.3, (int(2000 * share), 3)) * [1, 1, 0.01] + [0, 0, 1.2]
    kept = inliers(np.concatenate([body, wall]))
    assert kept[:2000].mean() > 0.99
    assert not kept[2000:].any()


def test_scattered_points_go(rng):
    body = rng.uniform(-0.05, 0.05, (2000, 3)) + AHEAD
    strays = rng.uniform(-0.5, 0.5, (40, 3)) + AHEAD
    strays = strays[np.abs(strays - AHEAD).max(axis=1) > 0.08]
    kept = inliers(np.concatenate([body, strays, [[0, 0, 5000.0]]]))
    assert kept[:2000].mean() > 0.99
    assert kept[2000:].mean() < 0.05


def test_a_part_beyond_a_small_gap_stays(rng):
    inside = rng.uniform(-0.08, 0.08, (2000, 3)) + AHEAD
    front = rng.uniform(-0.5, 0.5, (300, 3)) * [0.16, 0.02, 0.02] + [0, 0.1, 0.67]
    assert inliers(np.concatenate([inside, front])).mean() > 0.99
    assert not inliers(np.concatenate([inside, front[:100]]))[2000:].any()


def test_a_few_points_between_do_not_join_two_bodies():
    grid = np.stack(np.meshgrid(*[np.linspace(-0.05, 0.05, 100)] * 2, [0.8]), -1).reshape(-1, 3)
    other = grid[: len(grid) // 8] + 0.125 * AHEAD
    bridge = np.linspace([0, -0.05, 0.8], [0, -0.05, 0.9], 21)
    kept = inliers(np.concatenate([grid, other, bridge]))
    assert kept[: len(grid)].all()
    assert not kept[len(grid) : -21].any()


def test_few_points_are_kept():
    assert inliers(np.arange(15.0).reshape(5, 3)).all()
    assert inliers(np.zeros((0, 3))).shape == (0,)


def test_cells_touch_at_corners_and_not_across_a_gap():
    points = np.array([[0.5, 0.5, 0.5], [1.5, 1.5, 1.5], [3.5, 1.5, 1.5], [3.5, 2.5, 0.5]])
    cells, owner, counts = voxels_of(points, 1.0)
    groups = connected_groups(cells)[owner]
    assert counts.tolist() == [1, 1, 1, 1]
    assert groups[0] == groups[1] != groups[2] == groups[3]


def test_a_long_snake_is_one_group():
    points = np.stack([np.arange(3000) * 1.0, np.sin(np.arange(3000)), np.zeros(3000)], axis=1)
    cells, _, _ = voxels_of(points, 1.0)
    assert set(connected_groups(cells)) == {0}
