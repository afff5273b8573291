"""Lines: gaps stay gaps, short failures stay visible."""

from __future__ import annotations

from efficientsam3_ros.evaluation.report.axes import Axis, Plot
from efficientsam3_ros.evaluation.report.lines import Line, draw_line, thin_lowest

PLOT = Plot(Axis.over(0, 10, 'x'), Axis.over(0, 100, 'y'))


def test_thinning_keeps_the_lowest_of_each_stretch_and_the_order():
    y = [50.0] * 10_000
    y[4321] = 1.0
    x, thin = thin_lowest([float(n) for n in range(10_000)], y, 100)
    assert len(thin) == 100
    assert min(thin) == 1.0
    assert x == sorted(x)
    assert x[thin.index(1.0)] == 4321


def test_thinning_prefers_values_to_gaps():
    _, thin = thin_lowest([0.0, 1.0, 2.0, 3.0], [None, 2.0, None, None], 2)
    assert thin == [2.0, None]


def test_a_gap_is_not_bridged():
    page = draw_line(PLOT, Line('a', 'c0', [0, 1, 2, 3, 4], [1, 2, None, 3, 4]))
    assert page.count('<path') == 2


def test_a_lone_value_is_a_dot():
    page = draw_line(PLOT, Line('a', 'c0', [0, 1, 2], [None, 2, None]))
    assert 'class="dot c0"' in page


def test_tooltips_are_bounded():
    xs = [n / 100 for n in range(1000)]
    page = draw_line(PLOT, Line('a', 'c0', xs, xs))
    assert 100 < page.count('<title>') <= 250
