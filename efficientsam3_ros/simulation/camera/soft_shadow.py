"""Soft shadows on the table: the renderer's hard ones, blurred where only the table is."""

from __future__ import annotations

import cv2
import numpy as np

_SCALE = 2


def softening(
    lit: np.ndarray, unshadowed: np.ndarray, table: np.ndarray, width: float
) -> np.ndarray:
    """Return the factors that make the shadows on the table soft, and change nothing else.

    Args:
        lit: uint8 (H, W, 3) with shadows.
        unshadowed: The same without; only what is table counts.
        table: bool (H, W), where the table is seen.
        width: Deviation of the blur, pixels.

    Returns:
        float32 (H, W).
    """
    weight = table.astype(np.float32)
    hard = np.minimum(_brightness(lit) / _brightness(unshadowed), 1)
    small = (max(1, table.shape[1] // _SCALE), max(1, table.shape[0] // _SCALE))
    shade, seen = (
        cv2.GaussianBlur(
            cv2.resize(image, small, interpolation=cv2.INTER_AREA), (0, 0), width / _SCALE
        )
        for image in (hard * weight, weight)
    )
    # Only table pixels count, so that no object leaves a dark rim.
    soft = cv2.resize(shade / np.maximum(seen, 1e-3), table.shape[::-1])
    return np.where(table, soft / np.maximum(hard, 0.1), np.float32(1))


def _brightness(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) + 1
