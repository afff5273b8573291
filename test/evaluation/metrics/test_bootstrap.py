"""Intervals cover what they should, and two systems are drawn alike."""

import math

import numpy as np
import pytest

from efficientsam3_ros.evaluation.metrics.bootstrap import (
    PairedDifference,
    check_paired,
    percentile_interval,
    resampled,
)
from efficientsam3_ros.evaluation.metrics.identity import IdentityCounts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts


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
            [total.miou for total in resampled(sequences(seed), draws=150, seed=seed)]
        )
        inside += low <= 0.6 <= high
    assert 51 <= inside <= 59


def test_undefined_draws_are_left_out():
    low, high = percentile_interval([1.0, math.nan, 3.0])
    assert (low, high) == pytest.approx((1.05, 2.95))
    assert all(math.isnan(value) for value in percentile_interval([math.nan]))


def test_difference_is_clear_if_its_interval_leaves_out_zero():
    assert PairedDifference(0.2, 0.1, 0.3).is_clear
    assert not PairedDifference(0.2, -0.1, 0.3).is_clear
    assert not PairedDifference(0.2, math.nan, math.nan).is_clear


@pytest.mark.parametrize('pair', [([], []), ([1], [1, 2])])
def test_lists_that_cannot_be_pairs_are_refused(pair):
    with pytest.raises(ValueError, match='compare the same ones'):
        check_paired(*pair)
