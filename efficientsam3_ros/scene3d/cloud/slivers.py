"""Narrow strips of a mask that a jump of depth cuts off."""

from __future__ import annotations

import cv2
import numpy as np

SLIVER_PIXELS = 3
"""Half the width of a strip: how far masks reach over their object's outline."""
_PART = 0.25


def without_slivers(mask: np.ndarray) -> np.ndarray:
    """Drop narrow parts that are not connected to the rest.

    Where a mask reaches over an outline, it takes in a strip of what is behind or in front, which
    the jump of depth separates. A broad part stays: something in front may cut an object in two.

    Args:
        mask: bool (H, W), without the pixels behind jumps.

    Returns:
        bool (H, W); a mask that is narrow all over is left as it is.
    """
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:  # the first is what is not in the mask
        return mask.copy()
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    # Up to an edge of the image a part may go on.
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_C, 3)
    half_width = np.zeros(count)
    np.maximum.at(half_width, parts[mask], inside[mask])
    kept = (half_width > SLIVER_PIXELS) | (areas >= _PART * areas.max())
    kept[0] = False
    return np.asarray(kept[parts])
