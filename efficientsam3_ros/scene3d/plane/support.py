"""The plane that an object stands on."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud import OrganizedCloud, background_mask, object_mask
from efficientsam3_ros.scene3d.plane.plane import Plane
from efficientsam3_ros.scene3d.plane.ransac import TOLERANCE_M, fit_plane

MAX_GAP_M = 0.1
"""Metres that the lowest visible point may be above the plane; what is below may be hidden."""
_PLANES = 3
_REACH = 1.5
_REACH_M = 0.1
_BELOW_M = 0.02
_BELOW_SHARE = 5.0
_LOWEST = 2.0
_SAME_GAP_M = 0.015
_MIN_POINTS = 50


def support_plane(
    cloud: OrganizedCloud, label: int, *, up: np.ndarray | None = None, seed: int = 0
) -> Plane | None:
    """Find what an object stands on among the points around it.

    Up to three planes are tried. The object must be above it; of several, such as a table and a
    wall behind, the one that the object comes closest to.

    Args:
        cloud: Of the whole image.
        label: Of the object.
        up: (3,), against gravity in the camera's frame; walls are out of question then.
        seed: Of the random choice.

    Returns:
        The plane, its normal on the object's side; None if none is near enough.
    """
    own = object_mask(cloud, label)
    if not own.any():
        return None
    points = cloud.points[own].astype(np.float64)
    around = _around(cloud, label, points)
    found: list[tuple[float, int, Plane]] = []
    for index in range(_PLANES):
        if len(around) < _MIN_POINTS:
            break
        plane = fit_plane(around, up=up, seed=seed + index)
        if plane is None:
            break
        near = np.abs(plane.heights(around)) < 1.5 * TOLERANCE_M
        gap = _gap(plane, points)
        if gap is not None:
            found.append((gap, int(near.sum()), plane))
        around = around[~near]
    if not found:
        return None
    closest = min(gap for gap, _, _ in found)
    return max((f for f in found if f[0] <= closest + _SAME_GAP_M), key=lambda f: f[1])[2]


def _around(cloud: OrganizedCloud, label: int, points: np.ndarray) -> np.ndarray:
    """Return background points near the object, float64 (N, 3)."""
    mask = background_mask(cloud, label) & (cloud.labels == 0)
    others = cloud.points[mask].astype(np.float64)
    low, high = np.percentile(points, (2, 98), axis=0)
    reach = _REACH * float(np.linalg.norm(high - low)) + _REACH_M
    off = np.linalg.norm(others - (low + high) / 2, axis=1)
    return others[off < reach]


def _gap(plane: Plane, points: np.ndarray) -> float | None:
    """Return how far the object is above the plane; None if it is not on its upper side."""
    heights = plane.heights(points)
    if np.percentile(heights, _BELOW_SHARE) < -_BELOW_M or np.median(heights) < 0:
        return None
    gap = max(float(np.percentile(heights, _LOWEST)), 0.0)
    return gap if gap <= MAX_GAP_M else None
