"""Names and units of figures."""

from __future__ import annotations

from dataclasses import fields
import math

import pytest

from efficientsam3_ros.evaluation.scoring.metric_info import LATENCIES, METRIC_INFO
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.sequence_result import SequenceTiming


def test_every_entry_is_a_field_of_the_results():
    known = {item.name for kind in (Metrics, SequenceTiming) for item in fields(kind)}
    assert set(METRIC_INFO) <= known
    assert {'cgf1', 'jf', 'hota', 'temporal_iou'} <= set(METRIC_INFO)
    assert all(kind.name in METRIC_INFO for kind in LATENCIES)


@pytest.mark.parametrize(
    ('name', 'value', 'sign', 'text'),
    [
        ('cgf1', 0.4567, False, '45.7'),
        ('cgf1', -0.005, True, '\u22120.5'),
        ('cgf1', 0.005, True, '+0.5'),
        ('cgf1', -1e-9, True, '0.0'),
        ('cgf1', math.nan, False, '\u2013'),
        ('id_switches', 3, True, '+3'),
        ('id_switches', 2.5, False, '2.5'),
        ('p95_ms', 12.34, False, '12.3'),
    ],
)
def test_values_are_shown_in_their_units(name, value, sign, text):
    assert METRIC_INFO[name].show(value, sign) == text
