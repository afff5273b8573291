"""Latency figures are percentiles in seconds."""

import math

import pytest

from efficientsam3_ros.evaluation.metrics.latency import LatencySummary


def test_percentiles():
    summary = LatencySummary.of([i / 100 for i in range(101)])
    assert (summary.count, summary.max) == (101, 1.0)
    assert (summary.p50, summary.p95, summary.p99) == pytest.approx((0.5, 0.95, 0.99))


def test_nothing_measured_is_not_a_number():
    assert math.isnan(LatencySummary.of([]).p50)
