"""The course of learning rates, by hand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest

from training.runtime.schedule import learning_rate_factor, rate_factor, reciprocal_root_factor
from training.settings.config import OptimizationConfig


def test_the_rate_warms_up_holds_and_ends_at_zero():
    rates = [learning_rate_factor(i, 100, 10, 0.4) for i in range(101)]
    assert rates[0] == 0.1 and rates[9] == 1 and rates[39] == 1 and rates[100] < 1e-6
    assert all(a >= b for a, b in pairwise(rates[10:]))


def test_the_rate_falls_with_the_square_root_and_ends_at_zero():
    rates = [reciprocal_root_factor(step, 1000, 10, 100, 200) for step in range(1001)]
    assert rates[0] == 0.1 and rates[9] == rates[10] == 1
    # A hundred steps after the warm-up half the square, and three hundred a quarter.
    assert rates[110] == pytest.approx(0.5**0.5) and rates[310] == pytest.approx(0.5)
    # Half of the end: 890 steps after the warm-up.
    assert rates[900] == pytest.approx((100 / 990) ** 0.5 / 2)
    assert rates[1000] == 0


def test_edgetams_schedule_is_one_over_the_square_root_of_the_steps():
    # Its timescale is its warm-up.
    assert reciprocal_root_factor(4000, 175_000, 1000, 1000, 5000) == pytest.approx(0.5)
    assert reciprocal_root_factor(100_000, 175_000, 1000, 1000, 5000) == pytest.approx(0.1)


def test_a_schedule_says_which_course_it_takes():
    @dataclass(frozen=True)
    class Schedule(OptimizationConfig):
        @property
        def steps(self) -> int:
            return 100

    plain, root = Schedule(warmup=10), Schedule(warmup=10, timescale=20)
    assert rate_factor(plain, 70) == learning_rate_factor(70, 100, 10, 0.4)
    assert rate_factor(root, 70) == pytest.approx(0.5)
    with pytest.raises(ValueError, match='give 0 or more'):
        Schedule(cooldown=-1)
