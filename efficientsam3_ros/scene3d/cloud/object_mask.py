"""The pixels whose points are an object's, and those that are none of it."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud.depth_edges import behind_edges, grow
from efficientsam3_ros.scene3d.cloud.organized import OrganizedCloud
from efficientsam3_ros.scene3d.cloud.outliers import inliers
from efficientsam3_ros.scene3d.cloud.slivers import without_slivers

MARGIN_PIXELS = 3
"""Pixels around a mask that count as neither object nor background: masks are that inexact."""
_MUST_REMAIN = 0.3


def object_mask(cloud: OrganizedCloud, label: int) -> np.ndarray:
    """Return the pixels of an object whose points can be trusted.

    Left out are pixels without depth, pixels behind jumps of depth, where sensors invent points,
    narrow strips beyond them, and what ``inliers`` takes for background inside the mask.

    Args:
        cloud: Of the whole image.
        label: Of the object.

    Returns:
        bool (H, W); ``cloud.points[mask]`` are the object's points, row by row.
    """
    everywhere = cloud.labels == label
    kept = np.zeros(cloud.size, bool)
    if not everywhere.any():
        return kept
    window = _window(everywhere)
    points = cloud.points[window]
    own = everywhere[window] & np.isfinite(points[..., 2])
    solid = own & ~behind_edges(points[..., 2])
    # A thin thing is nothing but edges.
    mask = without_slivers(solid if solid.sum() >= _MUST_REMAIN * own.sum() else own)
    mask[mask] = inliers(points[mask])
    kept[window] = mask
    return kept


def _window(mask: np.ndarray) -> tuple[slice, slice]:
    """Return the part of the image around a mask that is not empty, and the pixels next to it."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)


def background_mask(cloud: OrganizedCloud, label: int) -> np.ndarray:
    """Return the pixels that have points and are surely not the object: what may be hit.

    Other objects belong to it. A margin around the mask does not, as the object itself is often
    a few pixels larger than its mask; nor do points behind jumps of depth, which hang in the air.

    Args:
        cloud: Of the whole image.
        label: Of the object.

    Returns:
        bool (H, W).
    """
    margin = grow(cloud.labels == label, MARGIN_PIXELS)
    return cloud.measured & ~margin & ~behind_edges(cloud.depth)
