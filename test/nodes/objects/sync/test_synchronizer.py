"""Our synchroniser takes filters of message_filters; theirs stands in for ours."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from efficientsam3_ros.nodes.objects.sync.installed import InstalledSynchronizer
from efficientsam3_ros.nodes.objects.sync.synchronizer import Source, Synchronizer

NAMES = ('result', 'image', 'depth')


def message(sec, nanosec=0):
    stamp = SimpleNamespace(sec=sec, nanosec=nanosec)
    return SimpleNamespace(header=SimpleNamespace(stamp=stamp))


def test_the_callback_gets_one_message_of_each_and_its_own_arguments():
    sources, seen = [Source() for _ in NAMES], []
    synchronizer = Synchronizer(sources, 5, (0.0, 0.02), NAMES)
    synchronizer.registerCallback(lambda *args: seen.append(args), 'mine')
    messages = [message(1), message(1), message(1, 15_000_000)]
    for source, one in zip(sources, messages):
        source.signalMessage(one)
    assert seen == [(*messages, 'mine')]
    assert synchronizer.counts()['depth'].used == 1


def test_one_slop_holds_for_all():
    sources, seen = [Source(), Source()], []
    Synchronizer(sources, 5, 0.1).registerCallback(lambda *args: seen.append(args))
    sources[0].signalMessage(message(1))
    sources[1].signalMessage(message(1, 90_000_000))
    assert len(seen) == 1


class Approximate:
    """Pairs the last message of each, as far as the tests go."""

    made = ()

    def __init__(self, fs, queue_size, slop=0.0):
        self.queues = [{} for _ in fs]
        self.slop = slop
        type(self).made += (self,)
        for index, source in enumerate(fs):
            source.registerCallback(self._add, index)

    def registerCallback(self, callback):
        self._callback = callback

    def _add(self, one, index):
        self.queues[index][one.header.stamp.sec] = one
        if all(self.queues):
            self._callback(*(queue.popitem()[1] for queue in self.queues))


@pytest.fixture
def filters(monkeypatch):
    module = ModuleType('message_filters')
    module.__spec__ = SimpleNamespace()
    Approximate.made = ()
    module.ApproximateTimeSynchronizer = module.TimeSynchronizer = Approximate
    monkeypatch.setitem(sys.modules, 'message_filters', module)


def test_an_installed_one_is_used_and_its_wrong_sets_are_dropped(filters):
    sources, seen = [Source() for _ in NAMES], []
    synchronizer = InstalledSynchronizer(sources, 5, 0.02, NAMES)
    synchronizer.registerCallback(lambda *args: seen.append(args))
    for sec, image_sec in ((1, 1), (2, 3)):
        for source, stamp in zip(sources, (sec, image_sec, sec)):
            source.signalMessage(message(stamp))
    assert [args[0].header.stamp.sec for args in seen] == [1]
    counts = synchronizer.counts()['result']
    assert (counts.received, counts.used, counts.dropped['unmatched']) == (2, 1, 1)


def test_an_installed_one_is_made_anew_when_time_jumps_back(filters):
    sources = [Source() for _ in NAMES]
    synchronizer = InstalledSynchronizer(sources, 5, 0.02, NAMES)
    seen = []
    synchronizer.registerCallback(lambda *args: seen.append(args))
    sources[0].signalMessage(message(100))
    for source in sources:
        source.signalMessage(message(5))
    assert len(Approximate.made) == 2
    assert [args[0].header.stamp.sec for args in seen] == [5]


def test_where_it_is_missing_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'message_filters', None)
    with pytest.raises(ValueError, match='set it to "own"'):
        InstalledSynchronizer([Source()], 5, 0.02, NAMES)
