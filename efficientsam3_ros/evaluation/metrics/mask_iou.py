"""Intersection over union between two lists of masks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.core.rle import Rle


def iou_matrix(first: Sequence[Rle], second: Sequence[Rle]) -> np.ndarray:
    """Return float64 (len(first), len(second)) mask IoU; two empty masks have IoU 0."""
    common = intersection_matrix(first, second)
    areas_1 = np.array([mask.area for mask in first], np.int64)
    areas_2 = np.array([mask.area for mask in second], np.int64)
    union = areas_1[:, None] + areas_2[None] - common
    return common / np.maximum(union, 1)


def intersection_matrix(first: Sequence[Rle], second: Sequence[Rle]) -> np.ndarray:
    """Return int64 (len(first), len(second)) numbers of common pixels.

    Only regions of interest are decoded, and only pairs whose boxes touch are compared.
    """
    crops_1, crops_2 = [m.crop() for m in first], [m.crop() for m in second]
    table = np.zeros((len(first), len(second)), np.int64)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            table[i, j] = _intersection(a, crops_1[i], b, crops_2[j])
    return table


def shifted_iou(first: Rle, second: Rle, shift: tuple[int, int] = (0, 0)) -> float:
    """Return the IoU after the first mask was moved by (x, y) pixels; 0 if both are empty.

    A mask may be moved beyond the image.
    """
    common = _intersection(first, first.crop(), second, second.crop(), shift)
    return common / max(first.area + second.area - common, 1)


def _intersection(
    a: Rle, crop_a: np.ndarray, b: Rle, crop_b: np.ndarray, shift: tuple[int, int] = (0, 0)
) -> int:
    """Return the number of pixels that both masks hold, the first moved by ``shift``."""
    a_x, a_y = a.x + shift[0], a.y + shift[1]
    x0, y0 = max(a_x, b.x), max(a_y, b.y)
    x1 = min(a_x + a.roi_width, b.x + b.roi_width)
    y1 = min(a_y + a.roi_height, b.y + b.roi_height)
    if x1 <= x0 or y1 <= y0:
        return 0
    part_a = crop_a[y0 - a_y : y1 - a_y, x0 - a_x : x1 - a_x]
    part_b = crop_b[y0 - b.y : y1 - b.y, x0 - b.x : x1 - b.x]
    return int(np.count_nonzero(part_a & part_b))
