"""cgF1 equals the figures of SAM 3's evaluator (golden values measured with it)."""

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix


def square(x: int, y: int) -> Rle:
    mask = np.zeros((64, 64), bool)
    mask[y : y + 20, x : x + 20] = True
    return Rle.encode(mask)


PAIRS = [
    ([(10, 10)], [(10, 10, 0.9)]),
    ([(2, 2), (40, 40)], [(4, 2, 0.8)]),
    ([], []),
    ([], [(10, 10, 0.6)]),
    ([(10, 10)], [(10, 10, 0.4)]),
    ([], []),
    ([(10, 10)], [(10, 10, 0.9), (42, 42, 0.5)]),
]


def count(pairs) -> ConceptCounts:
    total = ConceptCounts()
    for truth, predicted in pairs:
        kept = [square(x, y) for x, y, score in predicted if score >= 0.5]
        total += ConceptCounts.of_iou(iou_matrix(kept, [square(x, y) for x, y in truth]))
    return total


def test_equals_the_reference_evaluator():
    counts = count(PAIRS)
    assert (counts.il_tp, counts.il_fp, counts.il_tn, counts.il_fn) == (3, 1, 2, 1)
    score = counts.score()
    found = (score.cgf1, score.cgf1_50, score.cgf1_75)
    assert found == pytest.approx((0.249974, 0.277751, 0.277751), abs=5e-7)
    found = (score.pmf1, score.pmf1_50, score.pmf1_75)
    assert found == pytest.approx((0.599937, 0.666602, 0.666602), abs=5e-7)
    assert score.il_mcc == pytest.approx(0.416667, abs=5e-7)
    assert counts.datapoints == 7


def test_sum_does_not_depend_on_how_the_data_are_split():
    joined = count(PAIRS[:3]) + count(PAIRS[3:])
    assert joined.score() == count(PAIRS).score()


@pytest.mark.parametrize(
    'pairs',
    [
        [],
        [([(10, 10)], [])],
        [([], [(10, 10, 0.9)])],
        [([], []), ([], [])],
        [([(10, 10)], [(10, 10, 0.9)])],
    ],
    ids=[
        'no datapoint',
        'nothing predicted',
        'only on negatives',
        'all negative',
        'one datapoint',
    ],
)
def test_degenerate_sets_score_zero_without_dividing_by_zero(pairs):
    score = count(pairs).score()
    assert score.il_mcc == 0.0
    assert score.cgf1 == 0.0


def test_assignment_maximises_the_total_not_the_first_match():
    # The first prediction overlaps both truths; greedy matching would take the larger overlap
    # and leave the second prediction without a partner.
    iou = np.array([[0.9, 0.8], [0.7, 0.0]])
    counts = ConceptCounts.of_iou(iou)
    assert counts.tp[0] == 2
    assert counts.tp[-1] == 0


def test_iou_on_the_threshold_counts():
    assert ConceptCounts.of_iou(np.array([[0.95]])).tp.tolist() == [1] * 10


def test_false_positives_on_negatives_do_not_touch_the_mask_score():
    with_false = count([*PAIRS, ([], [(1, 1, 0.9), (30, 30, 0.9)])])
    assert with_false.score().pmf1 == count(PAIRS).score().pmf1
    assert with_false.score().cgf1 < count(PAIRS).score().cgf1
