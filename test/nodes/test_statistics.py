from __future__ import annotations

import math
import mmap

import pytest

from efficientsam3_ros.nodes.health import Level, judge
from efficientsam3_ros.nodes.statistics import WINDOW_FRAMES, Loss, Statistics, resident_bytes


def test_rates_and_latencies_are_of_the_window():
    statistics = Statistics()
    for i in range(300):
        statistics.arrived(i / 30)
        if i % 2:
            statistics.finished(1.0 if i < 100 else 0.04, i / 30)
    summary = statistics.summary(now_s=19.0)
    assert summary.latency_p50_ms == pytest.approx(40)
    assert (summary.received, summary.processed) == (300, 150)
    now = statistics.summary(now_s=299 / 30)
    assert now.input_hz == pytest.approx(30)
    assert now.output_hz == pytest.approx(15, rel=0.01)
    assert now.latency_p95_ms == pytest.approx(1000)


def test_a_stream_that_stopped_slows_down():
    statistics = Statistics()
    for i in range(31):
        statistics.arrived(i / 30)
    assert statistics.summary(now_s=5.0).input_hz == pytest.approx(6)
    assert statistics.summary(now_s=60.0).input_hz == 0


def test_no_results_is_not_zero_latency():
    assert math.isnan(Statistics().summary(now_s=0.0).latency_p50_ms)


def test_memory_of_the_window_is_bounded():
    statistics = Statistics()
    for i in range(3 * WINDOW_FRAMES):
        statistics.arrived(i * 1e-4)
        statistics.finished(0.01, i * 1e-4)
    assert len(statistics._arrivals) == len(statistics._results) == WINDOW_FRAMES
    assert statistics.summary(now_s=0.3).input_hz == pytest.approx(10_000, rel=0.01)


def test_resident_memory_grows_with_an_allocation():
    before = resident_bytes()
    # Fresh pages: a large heap may serve an ordinary object from what it holds already.
    with mmap.mmap(-1, 50_000_000) as block:
        block.write(b'x' * 50_000_000)
        grown = resident_bytes() - before
    assert grown > 40_000_000


def health(before, after, active=True, error=''):
    return judge(after.summary(10.0), before, active, error, '/camera/image')


def test_good_work_is_ok():
    statistics = Statistics()
    before = statistics.summary(0.0)
    for i in range(20):
        statistics.arrived(i / 10)
        statistics.finished(0.02, i / 10)
    verdict = health(before, statistics)
    assert verdict.level is Level.OK
    assert verdict.values['dropped: busy'] == '0'
    assert verdict.values['latency p50 (ms)'] == '20.0'


@pytest.mark.parametrize(
    ('cause', 'level', 'word'),
    [
        (None, Level.WARN, '/camera/image'),
        (Loss.FAILED, Level.ERROR, 'processed'),
        (Loss.UNREADABLE, Level.WARN, 'read'),
        (Loss.STALE, Level.WARN, 'max_age'),
    ],
)
def test_trouble_is_named(cause, level, word):
    statistics = Statistics()
    before = statistics.summary(0.0)
    if cause:
        statistics.arrived(9.0)
        statistics.lost(cause)
    verdict = health(before, statistics)
    assert verdict.level is level
    assert word in verdict.message


def test_an_inactive_node_does_not_complain_but_a_broken_one_does():
    statistics = Statistics()
    before = statistics.summary(0.0)
    assert health(before, statistics, active=False).level is Level.OK
    broken = health(before, statistics, active=False, error='The bundle is damaged.')
    assert (broken.level, broken.message) == (Level.ERROR, 'The bundle is damaged.')
