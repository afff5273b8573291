"""mIoU: how well the masks of found objects fit, and how many frames were never answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from efficientsam3_ros.evaluation.metrics.counts import Counts


class SkippedError(ValueError):
    """A mean over less than was asked for."""


@dataclass(frozen=True)
class OverlapCounts(Counts):
    """Sums over (image, object) pairs.

    Attributes:
        iou_sum: Sum of the IoU of every true object with its prediction, 0 without one.
        instances: True objects.
        skipped: Images without an answer, or that could not be read. Their objects still count,
            with IoU 0, if they are known.
    """

    iou_sum: float = 0.0
    instances: int = 0
    skipped: int = 0

    @classmethod
    def of_prompted(cls, iou: float) -> OverlapCounts:
        """Count one object that was asked for with its own prompt (one mask a prompt)."""
        return cls(float(iou), 1)

    @classmethod
    def of_iou(cls, iou: np.ndarray) -> OverlapCounts:
        """Count one image from its (truths, predictions) IoU matrix, matched one for one."""
        return cls(float(iou[linear_sum_assignment(iou, maximize=True)].sum()), iou.shape[0])

    @property
    def miou(self) -> float:
        """Mean IoU over objects, 0..1; NaN without any."""
        return self.iou_sum / self.instances if self.instances else float('nan')

    def complete_miou(self) -> float:
        """Return ``miou`` if nothing was skipped.

        Raises:
            SkippedError: If anything was.
        """
        if self.skipped:
            raise SkippedError(
                f'{self.skipped} images were skipped, so the mean over the rest tells nothing of '
                'the whole; correct or leave out these images by name.'
            )
        return self.miou
