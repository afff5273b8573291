"""Intervals and paired differences of figures over sequences."""

import math

import pytest

from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.scoring.intervals import intervals, paired_differences
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

DRAWS = 200


def counts(*scores: float) -> list[SequenceCounts]:
    return [
        SequenceCounts(
            masks=RegionBoundaryCounts(score, score, 0.0, 1), overlap=OverlapCounts(score, 1)
        )
        for score in scores
    ]


def interval(scores: list[float], name: str = 'jf') -> tuple[float, float]:
    return intervals(counts(*scores), [name], DRAWS)[name]


EASY_AND_HARD = [0.1, 0.3, 0.5, 0.7, 0.9, 0.2, 0.4, 0.6]


def test_interval_holds_the_total_and_lies_within_the_range():
    low, high = interval(EASY_AND_HARD)
    assert 0.1 < low < sum(EASY_AND_HARD) / 8 < high < 0.9


def test_same_counts_give_the_same_interval():
    assert interval(EASY_AND_HARD) == interval(EASY_AND_HARD)


def test_one_sequence_has_no_interval():
    assert all(math.isnan(value) for value in interval([0.5]))


def test_undefined_figure_has_no_interval():
    assert all(math.isnan(value) for value in interval(EASY_AND_HARD, 'cgf1'))


def test_pairing_finds_a_small_steady_gain_that_single_intervals_would_hide():
    better = [score + 0.02 for score in EASY_AND_HARD]
    found = paired_differences(counts(*EASY_AND_HARD), counts(*better), ['jf', 'miou'], DRAWS)
    assert found['jf'].value == pytest.approx(0.02)
    assert (found['jf'].low, found['jf'].high) == pytest.approx((0.02, 0.02))
    assert found['miou'].is_clear
    assert interval(EASY_AND_HARD)[1] > interval(better)[0]


def test_pair_of_one_sequence_has_a_value_but_no_interval():
    found = paired_differences(counts(0.5), counts(0.4), ['jf'])['jf']
    assert found.value == pytest.approx(-0.1)
    assert math.isnan(found.low)


def test_different_sequences_are_refused():
    with pytest.raises(ValueError, match='compare the same ones'):
        paired_differences(counts(0.5), counts(0.4, 0.3))
