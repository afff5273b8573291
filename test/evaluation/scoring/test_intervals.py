"""Intervals of figures over sequences cover what they should, and two systems are drawn alike."""

import math

import numpy as np
import pytest

from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.scoring.intervals import (
    intervals,
    percentile_interval,
    resampled,
)
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


def sequences(seed: int, number: int = 40) -> list[OverlapCounts]:
    rng = np.random.default_rng(seed)
    return [OverlapCounts(float(rng.normal(0.6, 0.1)), 1) for _ in range(number)]


def test_every_draw_has_as_many_sequences_as_there_are():
    drawn = resampled([IdentityCounts(matches=1)] * 7, draws=20)
    assert {total.matches for total in drawn} == {7}


def test_draws_do_not_depend_on_the_system():
    first = resampled([IdentityCounts(matches=10**n) for n in range(5)], draws=30)
    second = resampled([IdentityCounts(misses=10**n) for n in range(5)], draws=30)
    assert [a.matches for a in first] == [b.misses for b in second]


def test_interval_has_the_width_of_the_standard_error():
    spread = percentile_interval([total.miou for total in resampled(sequences(1))])
    assert spread[1] - spread[0] == pytest.approx(2 * 1.96 * 0.1 / math.sqrt(40), rel=0.3)


def test_true_value_lies_in_nineteen_of_twenty_intervals():
    inside = 0
    for seed in range(60):
        low, high = percentile_interval(
            [total.miou for total in resampled(sequences(seed), draws=150)]
        )
        inside += low <= 0.6 <= high
    assert 51 <= inside <= 59


def test_undefined_draws_are_left_out():
    low, high = percentile_interval([1.0, math.nan, 3.0])
    assert (low, high) == pytest.approx((1.05, 2.95))
    assert all(math.isnan(value) for value in percentile_interval([math.nan]))
