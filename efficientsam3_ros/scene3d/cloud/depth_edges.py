"""Pixels behind a jump of depth, where sensors invent points between two surfaces."""

from __future__ import annotations

import cv2
import numpy as np

JUMP_M = 0.01
"""Metres that neighbours may differ at any distance: the noise of near depth."""
JUMP_SHARE = 0.02
"""Share of the depth that they may differ besides: a surface seen at 5 degrees and less."""


def behind_edges(depth: np.ndarray) -> np.ndarray:
    """Mark the pixels next to one that is nearer by a jump.

    What a sensor invents at an outline hangs behind it, so it is marked, and the outline's own
    pixels are not: an object keeps its size. The border of a hole is no jump, as what lies beyond
    it is not known.

    Args:
        depth: float (H, W), metres, NaN where nothing was measured.

    Returns:
        bool (H, W).
    """
    open_ended = np.where(np.isfinite(depth), depth, np.inf).astype(np.float32)
    nearest = cv2.erode(open_ended, np.ones((3, 3), np.uint8))
    # A comparison with NaN is False, and holes stay unmarked.
    return np.asarray(depth - nearest > JUMP_M + JUMP_SHARE * nearest)


def grow(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return a mask with so many pixels more on each side, bool (H, W)."""
    if pixels < 1:
        return mask.copy()
    square = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return cv2.dilate(mask.astype(np.uint8), square).astype(bool)
