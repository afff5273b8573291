"""Whether an object goes on below what is seen of it."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.cloud import OrganizedCloud
from efficientsam3_ros.scene3d.plane.plane import Plane

STEP_M = 0.02
"""How far below the lowest points is looked, metres."""
HIGHER_M = 0.01
"""How much higher than the object's lowest points the edge of something in front is, metres."""
_LOWEST = 5.0
_MOST = 0.5


def foot_is_hidden(cloud: OrganizedCloud, points: np.ndarray, plane: Plane) -> bool:
    """Tell whether something in front, or the image's edge, hides an object's foot.

    The camera looks down at the lowest points over the edge of what hides the rest, so that edge
    is higher than they are. What the object stands on is as high as they are.

    Args:
        cloud: Of the whole image.
        points: float64 (N, 3), the object's.
        plane: Below it.
    """
    heights = plane.heights(points)
    chosen = heights <= np.percentile(heights, _LOWEST)
    lowest, heights = points[chosen], heights[chosen]
    pixels = np.rint(cloud.camera.project(lowest - STEP_M * plane.normal))
    height, width = cloud.size
    seen = (pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
    columns, rows = pixels[seen].astype(np.int64).T
    in_front = cloud.points[rows, columns]
    # A hole is no answer; it counts as open.
    hidden = plane.heights(in_front) > heights[seen] + HIGHER_M
    hidden &= in_front[:, 2] < lowest[seen, 2]
    return bool((~seen).sum() + hidden.sum() > _MOST * len(lowest))
