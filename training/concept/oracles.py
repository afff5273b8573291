"""What cgF1 would be if one thing were known from the truth: the difference is what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.scoring.operating_point import Datapoint


def true_presence(point: Datapoint) -> Datapoint:
    """Know whether anything answers the phrase."""
    return replace(point, presence=float(point.iou.shape[1] > 0))


def true_scores(point: Datapoint) -> Datapoint:
    """Where something answers, know which detection is which thing, and that others are none."""
    rows, columns = _pairs(point.iou)
    if not point.iou.shape[1]:
        return point
    kept = rows[point.iou[rows, columns] > 0]
    return replace(point, matches=np.ones(len(kept), np.float32), iou=point.iou[kept])


def true_masks(point: Datapoint) -> Datapoint:
    """Draw every detection that is some thing exactly as the thing is."""
    rows, columns = _pairs(point.iou)
    found = point.iou[rows, columns] > 0
    iou = np.zeros_like(point.iou)
    iou[rows[found], columns[found]] = 1.0
    return replace(point, iou=iou)


def _pairs(iou: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the detections and the things that belong together."""
    rows, columns = linear_sum_assignment(iou, maximize=True)
    return rows, columns


ORACLES: Mapping[str, Callable[[Datapoint], Datapoint]] = {
    'presence': true_presence,
    'score': true_scores,
    'masks': true_masks,
}
"""By the thing that is known."""
