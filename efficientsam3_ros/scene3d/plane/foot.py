"""Whether an object goes on below what is seen of it."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud import OrganizedCloud
from efficientsam3_ros.scene3d.plane.plane import Plane

STEP_M = 0.02
"""How far below the lowest points is looked, metres."""
NEARER_M = 0.02
"""What is nearer by this hides what is behind, metres."""
_LOWEST = 5.0
_MOST = 0.5


def foot_is_hidden(cloud: OrganizedCloud, points: np.ndarray, plane: Plane) -> bool:
    """Tell whether something in front, or the image's edge, hides an object's foot.

    Args:
        cloud: Of the whole image.
        points: float64 (N, 3), the object's.
        plane: Below it.
    """
    heights = plane.heights(points)
    lowest = points[heights <= np.percentile(heights, _LOWEST)] - STEP_M * plane.normal
    pixels = np.rint(cloud.camera.project(lowest))
    height, width = cloud.size
    seen = (pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
    columns, rows = pixels[seen].astype(np.int64).T
    # A hole is no answer; it counts as open.
    hidden = cloud.depth[rows, columns] < lowest[seen, 2] - NEARER_M
    return bool((~seen).sum() + hidden.sum() > _MOST * len(lowest))
