"""The page of a comparison."""

from __future__ import annotations

from dataclasses import replace
import json
import re

from evaluation_examples import example_results
import pytest

from efficientsam3_ros.evaluation.compare.comparison import compare
from efficientsam3_ros.evaluation.report.comparison import comparison_page
from efficientsam3_ros.evaluation.scoring.metric_info import MINUS


def page_of(first, second):
    page = comparison_page(compare(first, second, ('runs/a', 'runs/<b>'), draws=50))
    panels = re.findall(r'<script type="application/json">(.*?)</script>', page)
    return page[page.index('<main>') :], [chart for text in panels for chart in json.loads(text)]


@pytest.fixture(scope='module')
def worse():
    return page_of(example_results(5), example_results(5, quality=0.8))


def test_the_runs_are_named_and_escaped(worse):
    assert '<code>runs/a</code>' in worse[0]
    assert '<code>runs/&lt;b&gt;</code>' in worse[0]
    assert '5 common sequences' in worse[0]


def test_scores_sequences_and_concepts_have_charts_with_intervals(worse):
    _, charts = worse
    assert [chart['title'] for chart in charts] == [
        'Changes of the scores', 'By sequence', 'By concept',
    ]  # fmt: skip
    scores = charts[0]
    assert {'cgF1', 'J&F', 'HOTA'} <= set(scores['rows'])
    entries = {layer['legend']: layer['data'] for layer in scores['layers']}
    assert 'B is worse' in entries
    dots = entries['B is worse']
    assert dots['x'][dots['name'].index('cgF1')] < 0
    assert any('worse' in tip for tip in dots['tip'])
    assert sorted(charts[1]['rows']) == [f'table-0{n}' for n in range(5)]


def test_all_metrics_stand_in_a_table_with_their_verdict(worse):
    body, _ = worse
    table = body[body.index('All metrics') : body.index('Sequences, regressions first')]
    row = table[table.index('>cgF1<') :]
    row = row[: row.index('</tr>')]
    assert 'class="words bad">worse' in row
    assert ' to ' in row
    for label in ('video cgF1', 'id switches', 'flicker', 'p95 latency (ms)'):
        assert f'>{label}<' in table


def test_every_sequence_and_concept_has_a_row(worse):
    body, _ = worse
    for name in (*(f'table-0{n}' for n in range(5)), 'red mug', 'bowl', 'screwdriver'):
        assert f'<td class="words">{name}</td>' in body
    assert f'J&amp;F B {MINUS} A' in body


def test_what_was_run_differently_and_what_is_not_compared_is_told():
    first = example_results(3)
    parts = dict(first.sequences)
    parts['table-01'] = replace(parts['table-01'], digest='ff' * 32)
    second = replace(first, sequences=parts, config=replace(first.config, engine='openvino'))
    body, _ = page_of(first, second)
    assert 'engine: onnxruntime → openvino' in body
    assert 'Not compared: 1 sequence.' in body
    assert 'table-01: other content' in body


def test_without_truth_the_page_says_that_nothing_is_accuracy():
    free = example_results(2, truth='none')
    body, _ = page_of(free, free)
    assert 'none of these metrics is accuracy' in body
    assert 'Concepts, regressions first' not in body


def test_one_sequence_has_no_chart_of_rows_and_no_interval():
    single = example_results(1)
    body, charts = page_of(single, example_results(1, quality=0.7))
    assert 'By sequence' not in [chart['title'] for chart in charts]
    assert 'no difference in the recorded settings' in body
