from __future__ import annotations

import pytest

from efficientsam3_ros.nodes.health import Level, judge
from efficientsam3_ros.tracking.live.statistics import Loss, Statistics


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
