"""Answers in crowds, which are neither right nor wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from efficientsam3_ros.core import FrameResult, Instance
from efficientsam3_ros.evaluation.metrics.detection import IOU_50
from efficientsam3_ros.evaluation.metrics.mask_iou import intersection_matrix, iou_matrix

MOST_IN_CROWD = 0.5
"""Share of an answer that may lie in a crowd."""


def without_crowd(
    answers: FrameResult, truth: FrameResult, crowd: Sequence[Instance]
) -> FrameResult:
    """Leave out answers in crowds.

    An answer of which more than half lies in a crowd of its concept is neither right nor wrong,
    unless it is an object of the concept. Average precision follows COCO's own rule instead,
    which asks for more of the answer the higher the IoU.
    """
    if not crowd:
        return answers
    kept = tuple(item for item in answers.instances if not _in_crowd(item, truth, crowd))
    return replace(answers, instances=kept)


def _in_crowd(item: Instance, truth: FrameResult, crowd: Sequence[Instance]) -> bool:
    regions = [region.mask for region in crowd if region.concept == item.concept]
    if not regions or not item.area:
        return False
    if intersection_matrix([item.mask], regions).max() <= MOST_IN_CROWD * item.area:
        return False
    objects = [there.mask for there in truth.instances if there.concept == item.concept]
    return not (iou_matrix([item.mask], objects) >= IOU_50).any()
