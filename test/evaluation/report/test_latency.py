"""Where the time and the frames went."""

from __future__ import annotations

from efficientsam3_ros.evaluation.report.latency import frames_sentence, latency_charts
from efficientsam3_ros.evaluation.sequence_result import SequenceTiming

TIMING = SequenceTiming(
    offered=12, received=10, processed=7, dropped={'too old': 1, 'busy': 2}, seconds=1.0,
    p50_ms=11.0, p95_ms=39.0, p99_ms=88.0, max_ms=91.0, stages={'detector': 8.5},
    histogram=(0, 4, 2, 1), histogram_ms=10.0,
)  # fmt: skip


def test_received_is_processed_and_dropped_by_cause():
    assert frames_sentence(TIMING) == (
        '10 received = 7 processed + 3 dropped (2 busy, 1 too old); 2 of 12 never arrived'
    )


def by_title(timing):
    return {chart.title: chart for chart in latency_charts(timing)}


def test_the_histogram_marks_percentiles_and_names_the_last_bar():
    chart = by_title(TIMING)['Latency of a frame']
    assert [layer.legend for layer in chart.layers[1:]] == [
        'p50 11.0 ms',
        'p95 39.0 ms',
        'p99 88.0 ms',
    ]
    assert [layer.data['x'] for layer in chart.layers[1:]] == [[11.0], [39.0], [40.0]]
    assert 'longer ones, up to 91 ms' in chart.caption
    bars = chart.layers[0].data
    assert (bars['left'][1], bars['right'][1], bars['top'][1]) == (10.0, 20.0, 4)


def test_stages_and_outcomes_are_bars():
    charts = by_title(TIMING)
    assert charts['Time per stage'].rows == ['detector']
    assert charts['Time per stage'].layers[1].data['text'] == ['8.5']
    outcomes = charts['Frames by outcome']
    assert outcomes.rows == ['processed', 'dropped: busy', 'dropped: too old', 'never arrived']
    assert outcomes.layers[0].data['right'] == [7, 2, 1, 2]


def test_without_losses_there_is_no_chart_of_them():
    assert 'Frames by outcome' not in by_title(SequenceTiming(5, 5, 5, {'busy': 0}, 1.0))


def test_fine_bins_are_joined_and_none_is_lost():
    many = SequenceTiming(500, 500, 500, {}, 1.0, histogram=(1,) * 500, histogram_ms=2.0)
    bars = by_title(many)['Latency of a frame'].layers[0].data
    assert len(bars['top']) == 56
    assert sum(bars['top']) == 500
    assert (bars['left'][0], bars['right'][0], bars['top'][0]) == (0.0, 18.0, 9)


def test_without_times_nothing_is_drawn():
    assert latency_charts(SequenceTiming(5, 5, 5, {}, 1.0)) == []
