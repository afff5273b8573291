"""Recall and precision of masks, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.counts import Counts, share

IOU_50, IOU_75 = 0.5, 0.75
"""Mask IoU from which an answer is right."""


@dataclass(frozen=True)
class DetectionCounts(Counts):
    """Sums over (frame, concept) pairs, those without any object among them.

    Attributes:
        truths: True objects in view.
        answers: Answers.
        right_50: Answers that are right at mask IoU .50, one an object.
        right_75: The same at .75.
    """

    truths: int = 0
    answers: int = 0
    right_50: int = 0
    right_75: int = 0

    @classmethod
    def of_iou(cls, iou: np.ndarray) -> DetectionCounts:
        """Count one pair from its (truths, answers) IoU matrix."""
        truths, answers = iou.shape
        return cls(truths, answers, _right(iou, IOU_50), _right(iou, IOU_75))

    @property
    def recall_50(self) -> float:
        """Share of the objects that are found; NaN without any."""
        return share(self.right_50, self.truths)

    @property
    def recall_75(self) -> float:
        """The same at IoU .75."""
        return share(self.right_75, self.truths)

    @property
    def precision_50(self) -> float:
        """Share of the answers that are right; NaN without any."""
        return share(self.right_50, self.answers)

    @property
    def precision_75(self) -> float:
        """The same at IoU .75."""
        return share(self.right_75, self.answers)


def _right(iou: np.ndarray, least: float) -> int:
    """Return the pairs of the best assignment, of those that reach ``least``."""
    valid = np.where(iou >= least, iou, 0)
    return int(np.count_nonzero(valid[linear_sum_assignment(valid, maximize=True)]))
