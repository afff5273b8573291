"""Stamps are read without decoding, and order is restored within a bounded window."""

import struct

import numpy as np
import pytest
from recordings import IMAGE, number_of, picture, stamp, write_image, write_recording

from efficientsam3_ros.bags import BagError, BagReader, BagWriter
from efficientsam3_ros.bags.decoded_messages import read_frame
from efficientsam3_ros.bags.stamp_index import WINDOW, StampIndex, header_stamp


@pytest.mark.parametrize(('order', 'layout'), [(b'\x01', '<iI'), (b'\x00', '>iI')])
def test_stamp_is_read_in_both_byte_orders(order, layout):
    data = b'\x00' + order + b'\x00\x00' + struct.pack(layout, 17, 400) + b'rest'
    assert header_stamp(data) == 17_000_000_400
    with pytest.raises(BagError, match='too short'):
        header_stamp(data[:11])


def test_index_counts_what_it_puts_right():
    index = StampIndex.of([(10, 1), (30, 2), (20, 3), (30, 4)])
    assert index.stamps_ns.tolist() == [10, 20, 30]
    assert index.times_ns.tolist() == [1, 3, 2]
    assert (index.in_order, index.moved, index.repeated) == (False, 1, 1)
    assert StampIndex.of([(1, 5), (2, 4)]).in_order
    assert len(StampIndex.of([])) == 0


def test_order_costs_a_bounded_number_of_messages(tmp_path, monkeypatch):
    order = np.random.default_rng(0).permutation(3 * WINDOW // 2 - 1).tolist()
    path = write_recording(tmp_path / 'run.mcap', order, with_truth=False)
    with BagReader(path) as bag:
        index = bag.index(IMAGE)
        read = []
        records = bag._storage.records

        def counted(*arguments):
            for record in records(*arguments):
                read.append(record)
                yield record

        monkeypatch.setattr(bag._storage, 'records', counted)
        ordered = bag.ordered(IMAGE, index)
        first = [next(ordered) for _ in range(WINDOW)]
        assert len(read) <= len(order)
        rest = list(ordered)
    stamps, messages = zip(*first, *rest)
    assert list(stamps) == [stamp(i) for i in range(len(order))]
    assert [number_of(read_frame(m).rgb) for m in messages] == list(range(len(order)))


def test_stamps_before_1970_are_written_read_and_noted(tmp_path):
    path = tmp_path / 'run.mcap'
    with BagWriter(path) as bag:
        for index in range(3):
            bag.image(IMAGE, picture(index), 'rgb8', (index - 5) * 10**9 + 7, 'camera')
    with BagReader(path) as bag:
        frames = list(bag.frames())
        assert [f.stamp_ns for f in frames] == [-5 * 10**9 + 7, -4 * 10**9 + 7, -3 * 10**9 + 7]
        assert [number_of(f.rgb) for f in frames] == [0, 1, 2]
        assert '3 stamps before 1970' in bag.notes[0]


def test_frames_without_stamps_get_the_times_of_reception(tmp_path):
    path = tmp_path / 'run.mcap'
    with BagWriter(path) as bag:
        for index in range(3):
            write_image(bag, index, 0, stamp(index))
    with BagReader(path) as bag:
        assert [f.stamp_ns for f in bag.frames()] == [stamp(index) for index in range(3)]
        assert 'no stamps' in bag.notes[0]
