"""Names and units of figures."""

from __future__ import annotations

from dataclasses import fields
import math

import pytest

from efficientsam3_ros.evaluation.catalogue import CATALOGUE, LATENCIES
from efficientsam3_ros.evaluation.figures import Figures
from efficientsam3_ros.evaluation.results import SequenceTiming


def test_every_entry_is_a_field_of_the_results():
    known = {item.name for kind in (Figures, SequenceTiming) for item in fields(kind)}
    assert set(CATALOGUE) <= known
    assert {'cgf1', 'jf', 'hota', 'temporal_iou'} <= set(CATALOGUE)
    assert all(kind.name in CATALOGUE for kind in LATENCIES)


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
    assert CATALOGUE[name].show(value, sign) == text
