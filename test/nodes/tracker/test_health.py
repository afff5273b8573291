from __future__ import annotations

import pytest

from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.nodes.images.publishers import Publishers
from efficientsam3_ros.nodes.tracker.condition import Condition, Limits
from efficientsam3_ros.nodes.tracker.health import Level, judge
from efficientsam3_ros.tracking import StepTimes
from efficientsam3_ros.tracking.live.statistics import Statistics
from efficientsam3_ros.tracking.live.summary import Loss


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


def run(statistics, arrive=30, missing=0, results=30, latency_s=0.03):
    """Let a second of images pass, ten times."""
    for i in range(10):
        for j in range(arrive):
            statistics.arrived(i + j / arrive, 'optical')
        statistics.missing(missing, i + 0.9)
        for j in range(results):
            statistics.finished(latency_s, StepTimes(), i + j / results)


@pytest.mark.parametrize(
    ('stream', 'limits', 'words'),
    [
        ({}, Limits(), None),
        ({'missing': 1}, Limits(), None),
        ({'missing': 3}, Limits(), ('9%', 'fastdds_images.xml', 'reliable')),
        ({'missing': 3}, Limits(loss=0.2), None),
        ({'arrive': 2, 'missing': 10, 'results': 2}, Limits(), ('84%', 'lost before the node')),
        ({'results': 10, 'latency_s': 0.657}, Limits(), ('0.66 s', 'latency_warning')),
        ({'results': 10, 'latency_s': 0.657}, Limits(latency_s=1.0), None),
        ({'arrive': 6, 'results': 1}, Limits(), ('of 5.9 images', 'rate_warning')),
        ({'arrive': 6, 'results': 1}, Limits(rate=0.0), None),
        ({'arrive': 1, 'missing': 1, 'results': 1}, Limits(), None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_losses_lateness_and_low_rates_are_told_with_a_remedy(stream, limits, words):
    statistics = Statistics()
    before = statistics.summary(0.0)
    run(statistics, **stream)
    verdict = judge(statistics.summary(10.0), before, Condition(active=True, limits=limits))
    assert verdict.level is (Level.WARN if words else Level.OK), verdict.message
    assert all(word in verdict.message for word in words or ())


def test_two_publishers_are_named():
    statistics = Statistics()
    before = statistics.summary(0.0)
    run(statistics)
    two = Publishers(('/left', '/right'), ('reliable',) * 2, frozenset([b'1', b'2']))
    condition = Condition(True, topic='/image', publishers=two, reliability='reliable')
    verdict = judge(statistics.summary(10.0), before, condition)
    assert verdict.level is Level.WARN
    assert '/image (/left, /right)' in verdict.message
    assert verdict.values['publishers'] == '/left, /right'
    assert verdict.values['reliability'] == 'reliable'


def test_a_changing_frame_id_is_named_until_it_stays():
    statistics = Statistics()
    run(statistics)
    before = statistics.summary(10.0)
    statistics.arrived(10.0, 'wrist')
    now = statistics.summary(10.1)
    verdict = judge(now, before, Condition(active=True))
    assert verdict.level is Level.WARN and 'optical and wrist' in verdict.message
    statistics.arrived(10.1, 'wrist')
    assert judge(statistics.summary(10.2), now, Condition(active=True)).level is Level.OK


def test_unreadable_images_are_shown_by_cause():
    statistics = Statistics()
    before = statistics.summary(0.0)
    statistics.arrived(1.0)
    statistics.unreadable(ImageFault.ENCODING)
    verdict = health(before, statistics)
    assert 'unknown encoding' in verdict.message
    assert verdict.values['unreadable: unknown encoding'] == '1'
    assert verdict.values['dropped: unreadable'] == '1'


def test_where_nobody_publishes_the_topic_is_the_suspect():
    statistics = Statistics()
    before = statistics.summary(0.0)
    assert 'Nobody publishes on /camera/image' in health(before, statistics).message
