"""Conditions of a build server."""

from __future__ import annotations

import math

import pytest

from efficientsam3_ros.evaluation.compare.conditions import Condition
from efficientsam3_ros.evaluation.compare.difference import Difference, PairedDifference


def total(**changes):
    return {
        name: Difference(0.5, 0.5 + value, PairedDifference(value, value, value))
        for name, value in changes.items()
    }


@pytest.mark.parametrize(
    ('text', 'holds'),
    [
        ('cgf1 < -0.5', True),
        ('cgf1<-0.5', True),
        ('  CGF1  <=  -0.6 ', True),
        ('cgf1 < -0.6', False),
        ('cgf1 > -1', True),
        ('cgf1 >= .5', False),
        ('id_switches > 2', True),
        ('id_switches > 3', False),
        ('p95_ms > +9.5', True),
    ],
)
def test_scores_are_in_points_and_counts_and_times_as_they_are(text, holds):
    changes = total(cgf1=-0.006, id_switches=3, p95_ms=10.0)
    assert Condition.parse(text).holds(changes) is holds


@pytest.mark.parametrize('text', ['', 'cgf1', 'cgf1 < ', 'cgf1 = 1', 'cgf1 < x', 'a b < 1', '< 1'])
def test_what_is_no_condition_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match='write metric, operator'):
        Condition.parse(text)


def test_an_unknown_metric_gets_a_proposal():
    with pytest.raises(ValueError, match='no metric cgf2; do you mean cgf1'):
        Condition.parse('cgf2 < 0')


@pytest.mark.parametrize('changes', [{}, {'hota': math.nan}])
def test_what_is_undefined_is_not_promised_to_hold(changes):
    with pytest.raises(ValueError, match='cannot be judged'):
        Condition.parse('hota < -1').holds(total(**changes))
