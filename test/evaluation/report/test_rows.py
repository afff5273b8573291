"""Intervals and bars, one a row."""

from __future__ import annotations

from efficientsam3_ros.evaluation.report.rows import Span, bar_chart, span_chart

COLORS = {'worse': 'red', 'better': 'blue'}


def test_a_span_is_a_whisker_and_a_dot_of_its_kind():
    spans = [
        Span('a', 2.0, (1.0, 3.0), 'from 1 to 3', 'better'),
        Span('b', 5.0, None, '', 'worse'),
    ]
    chart = span_chart('t', spans, 'points', (0.0, 10.0), COLORS, '')
    assert chart.rows == ['a', 'b']
    whisker, dot = (layer for layer in chart.layers if layer.legend == 'better')
    assert (whisker.data['x0'], whisker.data['x1'], whisker.data['y0']) == ([1.0], [3.0], [0])
    assert (dot.data['x'], dot.data['tip'], dot.style['color']) == ([2.0], ['from 1 to 3'], 'blue')
    assert dot.tips == {'': '@name: @tip'}
    assert next(item for item in chart.layers if item.legend == 'worse').data['x0'] == [5.0]


def test_all_spans_are_inside_and_zero_is_marked():
    chart = span_chart(
        't', [Span('a', -3.0, (-4.0, 1.0), '')], 'points', (-4.0, 1.0), {'': 'x'}, ''
    )
    assert chart.x[0] < -4.0 < 1.0 < chart.x[1]
    assert chart.layers[0].data == {'x': [0]}


def test_bars_have_their_value_at_the_end():
    chart = bar_chart('t', {'a': 3, 'b': 7}, 'n', ['red', 'blue'])
    bars, texts = chart.layers
    assert (bars.data['right'], bars.data['color']) == ([3, 7], ['red', 'blue'])
    assert texts.data['text'] == ['3', '7']
    assert chart.x[1] > 7
    assert bar_chart('t', {'a': 3.0}, 'ms', ['red']).layers[1].data['text'] == ['3.0']


def test_bars_without_length_still_have_an_axis():
    assert bar_chart('t', {'a': 0}, 'n', ['red']).x == (0, 1.0)
