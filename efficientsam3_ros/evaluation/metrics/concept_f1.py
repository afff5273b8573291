"""cgF1: classification-gated F1 of concept segmentation.

Definition of SAM 3 (section "Metrics"; facebookresearch/sam3, ``sam3/eval``): the positive
micro F1 of the masks times the Matthews correlation of the image-level yes/no answers. One
datapoint is one (image, phrase) pair. ``annotators.py`` has the form with several annotators;
video cgF1 is the same with the IoU of space-time volumes, see ``volume_iou.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.counts import Counts

TAUS = np.arange(50, 100, 5) / 100
"""IoU thresholds .50, .55, ... .95."""

# The evaluator's own regularisers; without them perfect scores would differ in the 4th digit.
_EPS_F1 = 1e-4
_EPS_MCC = 1e-6


def _no_matches() -> np.ndarray:
    return np.zeros(len(TAUS), np.int64)


@dataclass(frozen=True)
class ConceptScore:
    """The figures of one evaluation, all 0..1 except the correlation (-1..1).

    Attributes:
        cgf1: Mean over the IoU thresholds .50:.95 of pmF1 x IL_MCC.
        cgf1_50: At IoU .50.
        cgf1_75: At IoU .75.
        pmf1: Positive micro F1, mean over .50:.95.
        pmf1_50: At IoU .50.
        pmf1_75: At IoU .75.
        il_mcc: Image-level Matthews correlation coefficient.
    """

    cgf1: float
    cgf1_50: float
    cgf1_75: float
    pmf1: float
    pmf1_50: float
    pmf1_75: float
    il_mcc: float


@dataclass(frozen=True, eq=False)
class ConceptCounts(Counts):
    """Sums over datapoints; add two of them to join data sets.

    Attributes:
        tp: int64 (10,) matched pairs at each IoU threshold, see ``TAUS``.
        predicted: Predictions on positives (datapoints with truth).
        truths: True objects.
        il_tp: Positives with a prediction.
        il_fp: Negatives with a prediction.
        il_tn: Negatives without.
        il_fn: Positives without.
    """

    tp: np.ndarray = field(default_factory=_no_matches)
    predicted: int = 0
    truths: int = 0
    il_tp: int = 0
    il_fp: int = 0
    il_tn: int = 0
    il_fn: int = 0

    @classmethod
    def of_iou(cls, iou: np.ndarray) -> ConceptCounts:
        """Count one datapoint from its (predictions, truths) IoU matrix.

        The predictions passed their score threshold; their scores no longer matter.
        """
        found, wanted = iou.shape
        if not wanted:
            return cls(il_fp=1) if found else cls(il_tn=1)
        if not found:
            return cls(truths=wanted, il_fn=1)
        matched = iou[linear_sum_assignment(iou, maximize=True)]
        tp = (matched[None, :] >= TAUS[:, None]).sum(axis=1)
        return cls(tp=tp, predicted=found, truths=wanted, il_tp=1)

    @property
    def datapoints(self) -> int:
        """Number of (image, phrase) pairs."""
        return self.il_tp + self.il_fp + self.il_tn + self.il_fn

    def il_mcc(self) -> float:
        """Return the image-level Matthews correlation; 0 where one class is missing."""
        tp, fp, tn, fn = self.il_tp, self.il_fp, self.il_tn, self.il_fn
        root = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
        return (tp * tn - fp * fn) / (root + _EPS_MCC)

    def pmf1(self) -> np.ndarray:
        """Return float64 (10,): the positive micro F1 at each IoU threshold."""
        precision = self.tp / (self.predicted + _EPS_F1)
        recall = self.tp / (self.truths + _EPS_F1)
        return 2 * precision * recall / (precision + recall + _EPS_F1)

    def score(self) -> ConceptScore:
        """Return the figures to report."""
        pmf1, mcc = self.pmf1(), self.il_mcc()
        mean, at_50, at_75 = float(pmf1.mean()), float(pmf1[0]), float(pmf1[5])
        return ConceptScore(mean * mcc, at_50 * mcc, at_75 * mcc, mean, at_50, at_75, mcc)
