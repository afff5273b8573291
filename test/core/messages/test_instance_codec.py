from __future__ import annotations

import array
import math
from types import SimpleNamespace

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.core.messages.instance_codec import fill_instances, read_instances


def new_instance():
    return SimpleNamespace(roi=SimpleNamespace())


def make_result():
    rng = np.random.default_rng(3)
    masks = [rng.random((17, 31)) > 0.6, np.zeros((17, 31), bool)]
    instances = tuple(
        Instance(i + 5, i + 1, f'thing {i}', 0.25, Rle.encode(mask), TrackState.OCCLUDED, 9, 0.5)
        for i, mask in enumerate(masks)
    )
    return FrameResult(3_000_000_004, 'optical', 17, 31, 6, instances)


def make_header():
    return SimpleNamespace(stamp=SimpleNamespace(sec=3, nanosec=4), frame_id='optical')


def test_round_trip_keeps_everything():
    result = make_result()
    message = fill_instances(SimpleNamespace(), result, make_header(), new_instance)
    again = read_instances(message)
    assert again.instances[0].mask.counts.dtype == np.uint32
    for got, want in zip(again.instances, result.instances):
        np.testing.assert_array_equal(got.mask.decode(), want.mask.decode())
        assert (got.track_id, got.label, got.concept) == (want.track_id, want.label, want.concept)
        assert (got.score, got.state, got.age) == (want.score, want.state, want.age)
        assert got.mask_quality == want.mask_quality
    assert (again.stamp_ns, again.frame_id, again.prompt_version) == (3_000_000_004, 'optical', 6)


def test_header_object_is_passed_on():
    header = make_header()
    message = fill_instances(SimpleNamespace(), make_result(), header, new_instance)
    assert message.header is header


def test_area_and_runs_are_in_the_wire_types():
    message = fill_instances(SimpleNamespace(), make_result(), make_header(), new_instance)
    assert isinstance(message.instances[0].counts, array.array)
    assert message.instances[0].counts.typecode == 'I'
    assert message.instances[0].area == sum(message.instances[0].counts[1::2])
    assert message.instances[1].area == 0


def test_damaged_runs_are_refused():
    message = fill_instances(SimpleNamespace(), make_result(), make_header(), new_instance)
    message.instances[0].counts.pop()
    with pytest.raises(ValueError, match='truncated or damaged'):
        read_instances(message)


def test_unknown_quality_stays_unknown():
    result = make_result()
    item = Instance(1, 1, 'x', 0.5, Rle.empty(17, 31), TrackState.NEW)
    result = FrameResult(0, '', 17, 31, 0, (item,))
    message = fill_instances(SimpleNamespace(), result, make_header(), new_instance)
    assert math.isnan(read_instances(message).instances[0].mask_quality)
