"""Mask, box and place of one instance, as the losses take them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

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


def stacked(shapes: Sequence[Shape], size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Return masks (G, H/2, W/2), boxes (G, 4) and places (G, 2) as ``Batch`` has them, float32.

    Args:
        shapes: Of G instances, none allowed.
        size: (H, W) of the input, pixels.
    """
    masks = np.array([mask for mask, _, _ in shapes], np.float32)
    return (
        torch.from_numpy(masks.reshape(-1, size[0] // 2, size[1] // 2)),
        torch.tensor([box for _, box, _ in shapes]).reshape(-1, 4),
        torch.tensor([place for _, _, place in shapes]).reshape(-1, 2),
    )


def table(true: Sequence[Sequence[int]], instances: int) -> Tensor:
    """Return bool (phrases, instances) from the rows of the instances that a phrase is true of."""
    result = torch.zeros(len(true), instances, dtype=torch.bool)
    for phrase, rows in enumerate(true):
        result[phrase, rows] = True
    return result


def row_of(names: Sequence[str], name: str | None) -> int:
    """Return the place of a name, -1 where it is none of them."""
    return names.index(name) if name in names else -1
