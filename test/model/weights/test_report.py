"""The account of a conversion names everything that stops it."""

from __future__ import annotations

import pytest

pytest.importorskip('torch')

from efficientsam3_ros.model.weights.report import Report

SCORING = 'dot_prod_scoring.hs_proj.bias'


@pytest.mark.parametrize(
    ('attribute', 'word'),
    [('missing', 'MISSING'), ('unexpected', 'UNKNOWN'), ('not_finite', 'NOT FINITE')],
)
def test_the_table_shows_what_stops_a_conversion(attribute, word):
    report = Report(**{attribute: [SCORING]})
    assert not report.complete
    (line,) = (line for line in report.table().splitlines() if SCORING in line)
    assert line.startswith('scoring') and word in line
