"""Mask, box and place of one instance, as the losses take them."""

from __future__ import annotations

import cv2
import numpy as np

Shape = tuple[np.ndarray, list[float], list[float]]
"""Soft mask at half the size, box (cx, cy, w, h) and place (x, y), 0..1."""


def measure(mask: np.ndarray) -> Shape:
    """Return the soft half-size mask, the box and an inner place of a non-empty mask.

    Args:
        mask: bool (H, W).
    """
    height, width = mask.shape
    soft = cv2.resize(
        mask.astype(np.float32), (width // 2, height // 2), interpolation=cv2.INTER_AREA
    )
    ys, xs = np.nonzero(mask)
    x0, x1, y0, y1 = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    box = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
    nearest = np.argmin((xs - xs.mean()) ** 2 + (ys - ys.mean()) ** 2)
    place = ((xs[nearest] + 0.5) / width, (ys[nearest] + 0.5) / height)
    return soft, list(map(float, box)), list(map(float, place))


def measure_box(box: np.ndarray, size: tuple[int, int]) -> Shape:
    """Return the same of an instance whose mask is unknown: a zero mask, the middle as place.

    Args:
        box: (x0, y0, x1, y1), pixels.
        size: (height, width) of the image, pixels.
    """
    height, width = size
    x0, y0, x1, y1 = (float(value) for value in box)
    center = [(x0 + x1) / 2 / width, (y0 + y1) / 2 / height]
    soft = np.zeros((height // 2, width // 2), np.float32)
    return soft, [*center, (x1 - x0) / width, (y1 - y0) / height], center
