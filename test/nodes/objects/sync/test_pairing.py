"""Which messages belong together, and what is said of those that belong to none."""

from __future__ import annotations

from random import Random

import pytest

from efficientsam3_ros.nodes.objects.sync.pairing import Input, Pairing

MS = 1_000_000
SECOND = 1_000 * MS


class Bench:
    """Three topics as the objects node has them; a message is its topic and stamp."""

    def __init__(self, slop_ms=20, queue=10):
        self.sets = []
        inputs = [Input('result'), Input('image'), Input('depth', slop_ms * MS)]
        self.pairing = Pairing(inputs, queue, self.sets.append)

    def give(self, **stamps_ms):
        for name, stamp_ms in stamps_ms.items():
            index = ('result', 'image', 'depth').index(name)
            self.pairing.add(index, stamp_ms * MS, (name, stamp_ms))

    @property
    def stamps(self):
        return [tuple(stamp for _, stamp in found) for found in self.sets]

    def dropped(self, name='result'):
        return {cause: n for cause, n in self.pairing.counts()[name].dropped.items() if n}


def test_a_result_that_comes_late_finds_its_image_and_the_nearest_depth():
    bench = Bench()
    for stamp in (100, 133, 166):
        bench.give(image=stamp, depth=stamp + 9)
    bench.give(result=133)
    assert bench.stamps == [(133, 133, 142)]
    assert bench.dropped('image') == bench.dropped('depth') == {'not asked for': 1}


def test_a_nearer_depth_is_waited_for_until_none_can_come():
    bench = Bench()
    bench.give(depth=85, image=100, result=100)
    assert bench.stamps == []
    bench.give(depth=104)
    assert bench.stamps == [(100, 100, 104)]


def test_without_slop_only_equal_stamps_pair():
    bench = Bench(slop_ms=0)
    bench.give(image=100, depth=101, result=100)
    assert bench.stamps == []
    assert bench.dropped() == {'no depth': 1}
    bench.give(image=133, depth=133, result=133)
    assert bench.stamps == [(133, 133, 133)]


def test_an_image_of_another_stamp_never_stands_in():
    bench = Bench(slop_ms=50)
    bench.give(image=133, depth=100, result=100)
    assert bench.stamps == []
    assert bench.dropped() == {'no image': 1}


def test_a_topic_that_is_silent_is_named_and_nothing_grows():
    bench = Bench(queue=5)
    for stamp in range(100, 10_100, 100):
        bench.give(image=stamp, result=stamp)
    counts = bench.pairing.counts()
    assert bench.dropped() == {'no depth': 95}
    assert (counts['result'].waiting, counts['image'].waiting) == (5, 5)


def test_the_topic_that_passed_a_stamp_by_is_blamed_and_not_one_that_is_merely_late():
    bench = Bench()
    bench.give(result=100, depth=200)
    assert bench.dropped() == {'no depth': 1}
    bench = Bench(queue=2)
    bench.give(image=100, depth=100)
    bench.give(image=133, depth=133)
    bench.give(image=166, depth=166, result=100)
    assert bench.dropped() == {'no depth': 1}, 'both are too old; one is named'


def test_after_a_bag_starts_anew_the_first_images_pair():
    bench = Bench(queue=3)
    for stamp in (100_000, 100_033):
        bench.give(image=stamp, depth=stamp, result=stamp)
    bench.give(image=100_066)
    bench.give(image=100, depth=100, result=100)
    assert bench.stamps[-1] == (100, 100, 100)
    assert bench.dropped('image') == {'time jumped back': 1}


def test_zero_stamps_and_repeated_ones_are_counted():
    bench = Bench()
    bench.give(image=0)
    bench.give(image=100)
    bench.give(image=100)
    assert bench.dropped('image') == {'no stamp': 1, 'same stamp again': 1}


def test_a_result_that_was_overtaken_is_dropped():
    bench = Bench()
    bench.give(image=100, depth=100)
    bench.give(image=133, depth=133, result=133)
    bench.give(result=100)
    assert bench.dropped() == {'out of order': 1}


def test_a_callback_that_raises_stops_nothing():
    seen = []

    def matched(messages):
        seen.append(messages)
        raise RuntimeError('broken')

    pairing = Pairing([Input('a'), Input('b')], 5, matched)
    for stamp in (1, 2):
        pairing.add(0, stamp, 'a')
        with pytest.raises(RuntimeError):
            pairing.add(1, stamp, 'b')
    assert len(seen) == 2


@pytest.mark.parametrize('seed', range(20))
def test_every_message_is_accounted_for_and_every_set_fits(seed):
    random = Random(seed)
    bench = Bench(slop_ms=random.choice((0, 5, 20)), queue=random.randint(1, 6))
    for _ in range(400):
        name = random.choice(('result', 'image', 'depth'))
        bench.give(**{name: random.choice((0, 40, 2500)) + 33 * random.randint(0, 30)})
    for name, counts in bench.pairing.counts().items():
        dropped = sum(counts.dropped.values())
        assert counts.received == counts.used + dropped + counts.waiting, name
        assert counts.used == len(bench.sets)
    slop = bench.pairing._queues[2].slop_ns // MS
    assert all(r == i and abs(d - r) <= slop for r, i, d in bench.stamps)
