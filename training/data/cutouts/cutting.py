"""Cuts one thing out of a picture, if its mask shows it whole."""

from __future__ import annotations

import cv2
import numpy as np

LARGEST_SIDE = 220
SMALLEST_SIDE = 32
SMALLEST_AREA = 400
MOST_OCCLUDED = 0.3
LARGEST_PART = 0.9
_RING = 5


def cut_out(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a thing with a soft edge, uint8 (h, w, 4) RGBA, at most 220 pixels a side.

    Masks are a little too large more often than too small, so the edge goes one pixel inwards.

    Args:
        rgb: uint8 (H, W, 3).
        mask: bool (H, W), not empty.
    """
    ys, xs = np.nonzero(mask)
    y0, y1 = max(0, ys.min() - 3), ys.max() + 4
    x0, x1 = max(0, xs.min() - 3), xs.max() + 4
    inner = cv2.erode(mask[y0:y1, x0:x1].astype(np.uint8), np.ones((3, 3), np.uint8))
    alpha = cv2.GaussianBlur(inner * np.float32(255), (0, 0), 0.8)
    patch = np.dstack([rgb[y0:y1, x0:x1], np.clip(alpha, 0, 255).astype(np.uint8)])
    scale = LARGEST_SIDE / max(patch.shape[:2])
    if scale < 1:
        size = (max(1, round(patch.shape[1] * scale)), max(1, round(patch.shape[0] * scale)))
        patch = cv2.resize(patch, size, interpolation=cv2.INTER_AREA)
    return patch


def is_whole(mask: np.ndarray, others: np.ndarray | None = None) -> bool:
    """Tell whether a mask shows one thing in one piece, large enough and not at the border.

    Args:
        mask: bool (H, W).
        others: bool (H, W), what else is there: it may touch three tenths of the outline only,
            for it might lie in front.
    """
    ys, xs = np.nonzero(mask)
    if len(ys) < SMALLEST_AREA:
        return False
    sides = ys.max() - ys.min() + 1, xs.max() - xs.min() + 1
    inside = ys.min() > 1 and xs.min() > 1
    inside = inside and ys.max() < mask.shape[0] - 2 and xs.max() < mask.shape[1] - 2
    if max(sides) < SMALLEST_SIDE or not inside:
        return False
    small = mask.astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(small)
    if count > 2 and stats[1:, cv2.CC_STAT_AREA].max() < LARGEST_PART * len(ys):
        return False
    if others is None:
        return True
    ring = cv2.dilate(small, np.ones((_RING, _RING), np.uint8)).astype(bool) & ~mask
    return bool((others & ring).sum() <= MOST_OCCLUDED * ring.sum())
