"""What /diagnostics says of a session, without messages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')

from efficientsam3_ros.nodes.images.image_topic import ImageTopic
from efficientsam3_ros.nodes.images.publishers import Publishers
from efficientsam3_ros.nodes.objects.faults import Cause
from efficientsam3_ros.nodes.objects.health import ERROR, OK, SILENT_S, WARN, Watch
from efficientsam3_ros.nodes.objects.sync.counts import InputCounts
from efficientsam3_ros.nodes.objects.tally import Tally


class Bench:
    """A session whose figures are set by hand."""

    def __init__(self):
        self.counts = {name: InputCounts(received=1) for name in ('result', 'image', 'depth')}
        self.tally, self.watch, self.now = Tally(), Watch(), 100.0
        topics = SimpleNamespace(instances='/tracker/instances')
        self.session = SimpleNamespace(
            synchronizer=SimpleNamespace(counts=lambda: self.counts),
            tally=self.tally,
            topics=topics,
            infos=SimpleNamespace(received=1, changes=0),
        )
        self.inputs = SimpleNamespace(images={n: self.images(n) for n in ('image', 'depth')})

    @staticmethod
    def images(name, publishers=Publishers()):  # noqa: B008
        return SimpleNamespace(topic=ImageTopic(f'/{name}', False), publishers=publishers)

    def look(self, seconds=1.0, came=('result', 'image', 'depth')):
        self.now += seconds
        for name in came:
            self.counts[name].received += 10
        return self.watch.look(self.session, self.inputs, '', self.now)

    def done(self, count):
        self.tally.processed += count


def test_results_that_become_objects_are_fine():
    bench = Bench()
    bench.look()
    bench.done(10)
    report = bench.look()
    assert (report.level, report.message) == (OK, '10 of 10 results became objects.')


def test_a_fault_is_told_while_it_happens_and_not_afterwards():
    bench = Bench()
    bench.look()
    bench.done(9)
    bench.tally.drop(Cause.NO_TRANSFORM, 'No transform from "a" to "b".')
    report = bench.look()
    assert (report.level, report.message) == (WARN, 'No transform from "a" to "b".')
    bench.done(10)
    assert bench.look().level == OK


@pytest.mark.parametrize(('lost', 'level'), [(4, OK), (6, WARN)])
def test_when_most_results_find_no_depth_the_remedy_is_named(lost, level):
    bench = Bench()
    bench.look()
    bench.counts['result'].dropped['no depth'] += lost
    bench.done(5)
    report = bench.look()
    assert report.level == level
    assert ('depth_topic' in report.message) == (level == WARN)


def test_being_busy_is_no_fault_until_most_is_lost():
    bench = Bench()
    bench.look()
    bench.tally.drop(Cause.BUSY, count=3)
    bench.done(7)
    assert bench.look().level == OK
    bench.tally.drop(Cause.BUSY, count=8)
    bench.done(2)
    assert 'voxel_size' in bench.look().message


def test_a_topic_that_falls_silent_is_named_and_comes_back():
    bench = Bench()
    bench.look()
    bench.done(10)
    assert bench.look(SILENT_S - 0.1, came=('image', 'depth')).level == OK
    report = bench.look(0.2, came=('image', 'depth'))
    assert report.level == WARN and '/tracker/instances' in report.message
    bench.done(10)
    assert bench.look().level == OK


@pytest.mark.parametrize(
    ('publishers', 'words'),
    [
        (Publishers(), 'Nobody publishes on /depth'),
        (Publishers(('/cam',), kinds=('sensor_msgs/msg/PointCloud2',)), 'is expected'),
        (Publishers(('/cam',), kinds=('sensor_msgs/msg/Image',)), 'reliability'),
    ],
    ids=['nobody', 'another type', 'silent'],
)
def test_why_nothing_comes(publishers, words):
    bench = Bench()
    bench.inputs.images['depth'] = bench.images('depth', publishers)
    bench.counts['depth'] = InputCounts()
    report = bench.look(came=('result', 'image'))
    assert report.level == WARN and words in report.message and '/depth' in report.message


def test_what_is_not_configured_or_not_active_is_no_warning_but_an_error_is():
    watch, bench = Watch(), Bench()
    assert watch.look(None, None, '').level == OK
    assert watch.look(None, None, 'No such frame.').level == ERROR
    report = watch.look(bench.session, None, '')
    assert (report.level, report.message) == (OK, 'Not active.')
    assert report.values['received'] == '1'


def test_the_figures_add_up():
    bench = Bench()
    bench.look()
    bench.done(4)
    bench.counts['result'].dropped['no image'] += 2
    bench.tally.drop(Cause.DEPTH, 'x')
    values = bench.look(came=()).values
    assert values['dropped: no image'] == '2' and values['dropped: depth unreadable'] == '1'
    assert int(values['under way']) == 11 - 4 - 3
