from __future__ import annotations

import pytest

from efficientsam3_ros.nodes.tracker.health import Condition, Level, judge
from efficientsam3_ros.tracking import StepTimes
from efficientsam3_ros.tracking.live.statistics import Loss, Statistics


def health(before, after, active=True, error=''):
    return judge(after.summary(10.0), before, Condition(active, error, '/camera/image'))


def test_good_work_is_ok():
    statistics = Statistics()
    before = statistics.summary(0.0)
    for i in range(20):
        statistics.arrived(i / 10)
        statistics.finished(0.02, StepTimes(), i / 10)
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


@pytest.mark.parametrize('remembers', [False, True])
def test_figures_of_the_video_memory_are_shown_where_there_is_one(remembers):
    statistics = Statistics()
    before = statistics.summary(0.0)
    step = StepTimes(image_encoder=12.5, propagation=4.0, memorise=3.0)
    statistics.finished(0.02, step, 9.0)
    if remembers:
        statistics.remembers(1_250_000, 3)
    values = health(before, statistics).values
    assert values['step: image encoder (ms)'] == '12.5'
    of_memory = {
        'step: propagation (ms)': '4.0',
        'step: memorise (ms)': '3.0',
        'video memory (kB)': '1250.0',
        'remembered objects': '3',
    }
    shown = {key: value for key, value in values.items() if key in of_memory}
    assert shown == (of_memory if remembers else {})
