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


def _intersection(a: Rle, crop_a: np.ndarray, b: Rle, crop_b: np.ndarray) -> int:
    """Return the number of pixels that both masks hold."""
    x0, y0 = max(a.x, b.x), max(a.y, b.y)
    x1 = min(a.x + a.roi_width, b.x + b.roi_width)
    y1 = min(a.y + a.roi_height, b.y + b.roi_height)
    if x1 <= x0 or y1 <= y0:
        return 0
    part_a = crop_a[y0 - a.y : y1 - a.y, x0 - a.x : x1 - a.x]
    part_b = crop_b[y0 - b.y : y1 - b.y, x0 - b.x : x1 - b.x]
    return int(np.count_nonzero(part_a & part_b))
