from __future__ import annotations

import math

import pytest

from efficientsam3_ros.tracking import StepTimes
from efficientsam3_ros.tracking.live.statistics import WINDOW_FRAMES, Statistics


def test_rates_and_latencies_are_of_the_window():
    statistics = Statistics()
    for i in range(300):
        statistics.arrived(i / 30)
        if i % 2:
            statistics.finished(1.0 if i < 100 else 0.04, StepTimes(), i / 30)
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


def test_parts_of_a_step_are_averaged_over_the_window():
    statistics = Statistics()
    for i in range(30):
        # The detector runs in every third frame.
        step = StepTimes(image_encoder=10.0, detector=30.0 if i % 3 == 0 else 0.0)
        statistics.finished(0.05, step, float(i))
    steps = statistics.summary(now_s=29.0).steps
    assert (steps.image_encoder, steps.memorise) == (10.0, 0.0)
    assert steps.detector == pytest.approx(30 * 3 / 11)
    assert statistics.summary(now_s=99.0).steps == StepTimes()


def test_memory_of_the_window_is_bounded():
    statistics = Statistics()
    for i in range(3 * WINDOW_FRAMES):
        statistics.arrived(i * 1e-4)
        statistics.finished(0.01, StepTimes(), i * 1e-4)
    assert len(statistics._arrivals) == len(statistics._results) == WINDOW_FRAMES
    assert statistics.summary(now_s=0.3).input_hz == pytest.approx(10_000, rel=0.01)


def test_missing_images_are_a_rate_of_the_window_and_stay_counted():
    statistics = Statistics()
    for i in range(300):
        statistics.arrived(i / 30)
        statistics.missing(i % 2, i / 30)
    now = statistics.summary(now_s=299 / 30)
    assert (now.missed, now.missed_hz) == (150, pytest.approx(15, rel=0.01))
    assert now.published_hz == pytest.approx(45, rel=0.01)
    later = statistics.summary(now_s=60.0)
    assert (later.missed, later.missed_hz) == (150, 0)


def test_a_changing_frame_is_noticed_and_the_names_stay_few():
    statistics = Statistics()
    for i in range(100):
        statistics.arrived(i / 30, 'left')
    assert statistics.summary(4.0).frame_changes == 0
    for i in range(100):
        statistics.arrived(4 + i / 30, f'camera {i}')
    summary = statistics.summary(8.0)
    assert (summary.frame_ids, summary.frame_changes) == (('camera 98', 'camera 99'), 100)
