"""Where the time and the frames went."""

from __future__ import annotations

from efficientsam3_ros.evaluation.report.latency import frames_sentence, latency_charts
from efficientsam3_ros.evaluation.results import SequenceTiming

TIMING = SequenceTiming(
    offered=12, received=10, processed=7, dropped={'too old': 1, 'busy': 2}, seconds=1.0,
    p50_ms=11.0, p95_ms=39.0, p99_ms=88.0, max_ms=91.0, stages={'detector': 8.5},
    histogram=(0, 4, 2, 1), histogram_ms=10.0,
)  # fmt: skip


def test_received_is_processed_and_dropped_by_cause():
    assert frames_sentence(TIMING) == (
        '10 received = 7 processed + 3 dropped (2 busy, 1 too old); 2 of 12 never arrived'
    )


def test_charts_mark_percentiles_and_name_the_last_bar():
    page = latency_charts(TIMING)
    for text in ('p50 11.0 ms', 'p95 39.0 ms', 'p99 88.0 ms', 'longer ones, up to 91 ms'):
        assert text in page
    assert '10 to 20 ms: frames 4' in page
    assert 'detector: 8.5 ms' in page
    assert 'never arrived: 2 frames' in page


def test_fine_bins_are_joined_and_none_is_lost():
    many = SequenceTiming(500, 500, 500, {}, 1.0, histogram=(1,) * 500, histogram_ms=2.0)
    page = latency_charts(many)
    assert page.count('<rect') == 56
    assert '0 to 18 ms: frames 9' in page


def test_without_times_nothing_is_drawn():
    assert latency_charts(SequenceTiming(5, 5, 5, {}, 1.0)) == ''
