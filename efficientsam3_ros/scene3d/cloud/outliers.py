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
_FEW = 20


def inliers(points: np.ndarray) -> np.ndarray:
    """Keep the largest body, and parts of it that something in front cuts off.

    Points fall into voxels whose size follows from the points' own spread. Voxels that hold next
    to nothing are dropped, the rest falls into connected groups: the largest stays, and any of a
    quarter of its points. So a few percent of background inside a mask go, wherever they lie, as
    long as they do not touch the object.

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
    groups = np.full(len(cells), -1)
    groups[dense] = connected_groups(cells[dense])
    sizes = np.bincount(groups[dense], weights=counts[dense])
    kept = sizes >= _PART * sizes.max()
    return np.where(groups >= 0, kept[groups], False)[owner]
