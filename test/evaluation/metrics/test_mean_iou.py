"""Mean IoU is over objects."""

import math

import numpy as np
import pytest

from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts


def test_unmatched_objects_count_as_zero_and_surplus_masks_not_at_all():
    assert OverlapCounts.of_iou(np.array([[0.9], [0.2]])).miou == pytest.approx(0.45)
    assert OverlapCounts.of_iou(np.array([[0.9, 0.1, 0.3]])).miou == pytest.approx(0.9)
    assert OverlapCounts.of_iou(np.zeros((3, 0))).miou == 0.0


def test_mean_is_over_objects_not_images():
    total = OverlapCounts.of_iou(np.eye(3)) + OverlapCounts(0.0, 1)
    assert total.miou == 0.75
    assert math.isnan(OverlapCounts().miou)
