"""Fewer points, spread evenly."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud.voxel_groups import voxels_of

_COARSER = 1.1


def voxel_sample(points: np.ndarray, size: float, max_points: int | None = None) -> np.ndarray:
    """Choose one point a voxel: the one nearest to the mean of its voxel.

    Points are chosen and not averaged, so that colors and labels stay with them.

    Args:
        points: float (N, 3), metres, finite.
        size: Edge of a voxel, metres.
        max_points: Voxels are made larger until no more points than this remain.

    Returns:
        int64 (M,), indices of the chosen points, ascending.

    Raises:
        ValueError: If the size or the bound is not positive.
    """
    if not size > 0 or (max_points is not None and max_points < 1):
        raise ValueError(f'Voxels need a positive size and bound, got {size} m, {max_points}.')
    if not len(points):
        return np.zeros(0, np.int64)
    while True:
        cells, owner, counts = voxels_of(points, size)
        if max_points is None or len(cells) <= max_points:
            return _nearest_to_mean(points, owner, counts)
        # Voxels grow fewer with at most the cube of their size, so this never jumps too far.
        size *= max(_COARSER, (len(cells) / max_points) ** (1 / 3))


def _nearest_to_mean(points: np.ndarray, owner: np.ndarray, counts: np.ndarray) -> np.ndarray:
    sums = [np.bincount(owner, weights=points[:, axis]) for axis in range(3)]
    means = np.stack(sums, axis=1) / counts[:, None]
    off = np.linalg.norm(points - means[owner], axis=1)
    order = np.lexsort((off, owner))
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return np.sort(order[first])
