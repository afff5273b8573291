"""The best threshold and gate separate right from wrong detections."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.scoring.operating_point import (
    GATES,
    THRESHOLDS,
    Datapoint,
    best,
    rate,
)


def point(matches, ious=None, presence=1.0, in_scene=True) -> Datapoint:
    """One true object, overlapped by each detection as said; none of ``ious`` is None."""
    iou = np.zeros((len(matches), 0)) if ious is None else np.array(ious, float)[:, None]
    return Datapoint(in_scene, presence, np.array(matches, np.float32), iou)


RIGHT = point([0.62, 0.31], [0.97, 0.1])


def test_the_threshold_separates_right_from_wrong():
    wrong = point([0.44], in_scene=False)
    found = best(rate([RIGHT, wrong, RIGHT], gates=[0.0]))
    assert 0.44 < found.threshold <= 0.62
    assert found.cgf1 == pytest.approx(1.0, abs=1e-3) and found.absent == 1


def test_the_gate_separates_where_no_threshold_does():
    absent = point([0.7], presence=0.2, in_scene=False)
    shown = point([0.6], [0.97], presence=0.9)
    rated = rate([shown, absent])
    assert len(rated) == len(THRESHOLDS) * len(GATES)
    found = best(rated)
    assert found.cgf1 == pytest.approx(1.0, abs=1e-3)
    assert found.presence_gate > 0
    assert best(rate([shown, absent], gates=[0.0])).cgf1 < 0.9


def test_absent_concepts_may_have_to_stay_empty():
    missed, empty = point([0.7], in_scene=False), point([], in_scene=False)
    rated = rate([point([0.5], [0.97])] * 4 + [empty] * 4 + [missed], gates=[0.0])
    assert best(rated).threshold <= 0.5
    strict = best(rated, min_absent=0.9)
    assert strict.threshold > 0.7 and strict.absent == 1


def test_counts_equal_those_of_the_kept_detections():
    both = point([0.9, 0.5, 0.2], [0.2, 0.9, 0.6])
    expected = ConceptCounts.of_iou(both.iou[:2]) + ConceptCounts(il_tn=1)
    (rated,) = rate([both, point([], in_scene=False)], thresholds=[0.5], gates=[0.0])
    assert rated.cgf1 == expected.score().cgf1
    (gated,) = rate([point([0.9, 0.5], [0.2, 0.9], 0.4), point([])], [0.4], [0.8])
    assert gated.cgf1 == (ConceptCounts.of_iou(both.iou[:1]) + ConceptCounts(il_tn=1)).score().cgf1


@pytest.mark.parametrize('points', [[], [RIGHT], [point([0.4], in_scene=False)]])
def test_one_sided_data_choose_nothing(points):
    with pytest.raises(ValueError, match=r'cgF1 is undefined.*--also'):
        rate(points)
