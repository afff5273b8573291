"""Points that do not belong to the body that most of them make up."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud.voxel_groups import connected_groups, voxels_of

VOXELS_ACROSS = 16
"""Voxels along the body's diagonal: its parts may be a tenth of it apart, and still be one."""
MIN_VOXEL_M = 0.004
_MIDDLE = (10.0, 90.0)
_SPARSE = 0.1
_PART = 0.25
_NEAR_PART, _NEAR = 0.1, 0.4
_COMPARED = 500
_FEW = 20


def inliers(points: np.ndarray) -> np.ndarray:
    """Keep the largest body, and parts of it that something in front cuts off.

    Points fall into voxels whose size follows from the points' own spread. Voxels that hold next
    to nothing are dropped, the rest falls into connected groups: the largest stays, any of a
    quarter of its points, and any of a tenth that is within 0.4 diagonals, as the front of a bowl
    is to the part of its inside that the rim leaves to be seen. So a few percent of background
    inside a mask go, wherever they lie, as long as they do not touch the object.

    Args:
        points: float (N, 3), metres, finite.

    Returns:
        bool (N,); all True for fewer than 20 points, which tell nothing.
    """
    if len(points) < _FEW:
        return np.ones(len(points), bool)
    low, high = np.percentile(points, _MIDDLE, axis=0)
    size = max(float(np.linalg.norm(high - low)) / VOXELS_ACROSS, MIN_VOXEL_M)
    cells, owner, counts = voxels_of(points, size)
    dense = counts >= max(_SPARSE * float(np.median(counts)), 1)
    groups = connected_groups(cells[dense])
    of_cell = np.zeros(len(cells), bool)
    of_cell[dense] = _parts(cells[dense], groups, counts[dense])[groups]
    return of_cell[owner]


def _parts(cells: np.ndarray, groups: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Tell which groups are parts of the body, bool (groups,)."""
    sizes = np.bincount(groups, weights=counts)
    largest = int(sizes.argmax())
    kept = sizes >= _PART * sizes[largest]
    body = cells[groups == largest]
    for group in np.flatnonzero(~kept & (sizes >= _NEAR_PART * sizes[largest])):
        kept[group] = _gap(body, cells[groups == group]) <= _NEAR * VOXELS_ACROSS
    return kept


def _gap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the distance between two groups of cells, in cells."""
    one, other = (cells[:: -(-len(cells) // _COMPARED)] for cells in (one, other))
    return float(np.linalg.norm(one[:, None] - other[None], axis=2).min())
