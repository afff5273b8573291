"""mIoU: how well the masks of found objects fit, and how many frames were never answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.counts import Counts, share


@dataclass(frozen=True)
class OverlapCounts(Counts):
    """Sums over (image, object) pairs.

    Attributes:
        iou_sum: Sum of the IoU of every true object with its prediction, 0 without one.
        instances: True objects.
        skipped: Images without an answer. Their objects still count, with IoU 0.
    """

    iou_sum: float = 0.0
    instances: int = 0
    skipped: int = 0

    @classmethod
    def of_iou(cls, iou: np.ndarray) -> OverlapCounts:
        """Count one image from its (truths, predictions) IoU matrix, matched one for one."""
        return cls(float(iou[linear_sum_assignment(iou, maximize=True)].sum()), iou.shape[0])

    @property
    def miou(self) -> float:
        """Mean IoU over objects, 0..1; NaN without any."""
        return share(self.iou_sum, self.instances)
