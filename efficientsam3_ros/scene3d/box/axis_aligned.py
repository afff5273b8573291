"""Boxes along the camera's axes."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.box.oriented_box import OrientedBox
from efficientsam3_ros.scene3d.cloud import inliers
from efficientsam3_ros.scene3d.errors import SceneError

TRIM_PERCENT = 0.5
"""Percent of the points that may stick out on each side."""
MIN_SIZE_M = 0.01
"""Edges are not shorter, metres: a face seen from the front has no thickness of its own."""
MIN_POINTS = 3


def axis_aligned_box(points: np.ndarray, *, min_size: float = MIN_SIZE_M) -> OrientedBox:
    """Return the box around points whose axes are the camera's.

    Args:
        points: float (N, 3), metres.
        min_size: Shortest edge, metres; a thinner box grows away from the camera.

    Raises:
        SceneError: If fewer than three points are finite.
    """
    points = body_of(points)
    low, high = np.percentile(points, (TRIM_PERCENT, 100 - TRIM_PERCENT), axis=0)
    return thickened(OrientedBox((low + high) / 2, np.eye(3), high - low), min_size)


def body_of(points: np.ndarray) -> np.ndarray:
    """Return the finite points without outliers, float64 (M, 3).

    Raises:
        SceneError: If they are fewer than three.
    """
    points = np.asarray(points, np.float64).reshape(-1, 3)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < MIN_POINTS:
        raise SceneError(
            f'A box needs three points at least, got {len(points)}; the object has no depth, is '
            'too small, or is hidden.'
        )
    return points[inliers(points)]


def thickened(box: OrientedBox, min_size: float) -> OrientedBox:
    """Return a box without edges below a length; faces towards the camera stay in place."""
    missing = np.maximum(min_size - box.size, 0.0)
    away = np.where(box.center @ box.rotation >= 0, 1.0, -1.0)
    center = box.center + box.rotation @ (away * missing / 2)
    return OrientedBox(center, box.rotation, box.size + missing)
