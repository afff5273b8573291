"""Axes: round ticks inside the limits, values where they belong."""

from __future__ import annotations

import pytest

from efficientsam3_ros.evaluation.report.axes import Axis, Plot, number


@pytest.mark.parametrize(
    ('low', 'high', 'ticks'),
    [
        (0, 100, (0, 25, 50, 75, 100)),
        (0, 0.9, (0, 0.25, 0.5, 0.75, 1)),
        (-3, 7, (-5, -2.5, 0, 2.5, 5, 7.5)),
        (0, 0, (0, 0.25, 0.5, 0.75, 1)),
    ],
)
def test_rounded_axes_end_at_ticks(low, high, ticks):
    axis = Axis.over(low, high, 'x', 4)
    assert axis.ticks == pytest.approx(ticks)
    assert (axis.low, axis.high) == (ticks[0], ticks[-1])


def test_exact_axes_keep_their_limits():
    axis = Axis.over(0, 19.7, 'x', 10, rounded=False)
    assert axis.high == 19.7
    assert all(0 <= tick <= 19.7 for tick in axis.ticks)


def test_counts_have_whole_ticks():
    assert Axis.over(0, 2, 'n', 5, smallest=1.0).ticks == (0, 1, 2)


def test_larger_values_are_higher_and_nothing_leaves_the_frame():
    plot = Plot(Axis.over(0, 10, 'x'), Axis.over(0, 10, 'y'))
    assert plot.py(9) < plot.py(1)
    assert plot.px(99) == plot.right
    assert plot.px(-5) == plot.left


def test_numbers_for_people():
    assert number(12500) == '12\u202f500'
    assert number(-0.25) == '\u22120.25'
