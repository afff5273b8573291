"""Recall and precision at two IoU."""

from __future__ import annotations

import math

import numpy as np

from efficientsam3_ros.evaluation.metrics.detection import DetectionCounts


def test_one_answer_an_object():
    iou = np.array([[0.9, 0.8, 0.0], [0.0, 0.0, 0.6]])
    counts = DetectionCounts.of_iou(iou)
    assert counts == DetectionCounts(truths=2, answers=3, right_50=2, right_75=1)
    assert (counts.recall_50, counts.recall_75) == (1, 0.5)
    assert (counts.precision_50, counts.precision_75) == (2 / 3, 1 / 3)


def test_answers_to_what_is_absent_lower_precision():
    found = DetectionCounts.of_iou(np.array([[0.5]]))
    absent = DetectionCounts.of_iou(np.zeros((0, 3)))
    assert (found + absent).precision_50 == 0.25
    assert math.isnan(absent.recall_50)
    assert math.isnan(DetectionCounts.of_iou(np.zeros((2, 0))).precision_50)


def test_the_least_iou_counts_and_less_does_not():
    assert DetectionCounts.of_iou(np.array([[0.75]])).right_75 == 1
    assert DetectionCounts.of_iou(np.array([[0.4999]])).right_50 == 0
