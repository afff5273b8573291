"""Pixels at jumps of depth, where sensors invent points between two surfaces."""

from __future__ import annotations

import cv2
import numpy as np

JUMP_M = 0.01
"""Metres that neighbours may differ at any distance: the noise of near depth."""
JUMP_SHARE = 0.02
"""Share of the depth that they may differ besides: a surface seen at 5 degrees and less."""


def depth_edges(depth: np.ndarray) -> np.ndarray:
    """Mark the pixels on both sides of a jump.

    The border of a hole is no jump: what lies beyond it is not known.

    Args:
        depth: float (H, W), metres, NaN where nothing was measured.

    Returns:
        bool (H, W).
    """
    edges = np.zeros(depth.shape, bool)
    for axis in (0, 1):
        low = (slice(None),) * axis + (slice(None, -1),)
        high = (slice(None),) * axis + (slice(1, None),)
        near, far = np.fmin(depth[low], depth[high]), np.fmax(depth[low], depth[high])
        jumps = far - near > JUMP_M + JUMP_SHARE * near
        edges[low] |= jumps
        edges[high] |= jumps
    return edges


def grow(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return a mask with so many pixels more on each side, bool (H, W)."""
    if pixels < 1:
        return mask.copy()
    square = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return cv2.dilate(mask.astype(np.uint8), square).astype(bool)
