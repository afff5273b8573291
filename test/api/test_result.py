"""A result as a sequence of plain things."""

import copy
import pickle

import numpy as np
import pytest

from efficientsam3_ros.api import StepResult
from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState

HEIGHT, WIDTH = 20, 30


def instance(track_id, box, state=TrackState.TRACKED):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    x0, y0, x1, y1 = box
    mask[y0:y1, x0:x1] = True
    return Instance(track_id, track_id, 'mug', 0.5, Rle.encode(mask), state)


@pytest.fixture
def result():
    items = (
        instance(2, (3, 4, 8, 6)),
        instance(3, (0, 0, 0, 0), TrackState.OCCLUDED),
        instance(5, (10, 0, 30, 20)),
    )
    frame = FrameResult(2_500_000_000, 'camera', HEIGHT, WIDTH, 1, items)
    return StepResult(frame, ('bowl', 'mug'))


def test_it_is_a_sequence_of_what_is_visible(result):
    assert [item.track_id for item in result] == [2, 5]
    assert len(result) == 2
    assert result[-1].track_id == 5
    assert [item.track_id for item in result[1:]] == [5]
    with pytest.raises(IndexError):
        result[2]
    assert 'track_id=2' in repr(result)


def test_what_is_hidden_is_told_apart(result):
    (hidden,) = result.hidden
    assert (hidden.track_id, hidden.state, hidden.area) == (3, TrackState.OCCLUDED, 0)
    assert not hidden.mask.any()


def test_masks_and_boxes_are_those_of_the_image(result):
    item = result[0]
    assert item.box_xyxy == (3.0, 4.0, 8.0, 6.0)
    assert all(isinstance(value, float) for value in item.box_xyxy)
    assert item.area == 10
    assert (item.mask.dtype, item.mask.shape) == (bool, (HEIGHT, WIDTH))
    assert np.argwhere(item.mask).min(0).tolist() == [4, 3]
    assert item.mask is item.mask, 'decoded once'


def test_a_mask_is_not_made_before_it_is_asked_for(result, monkeypatch):
    monkeypatch.setattr(Rle, 'decode', lambda self: pytest.fail('decoded too early'))
    assert [item.area for item in result] == [10, 400]


def test_stamp_and_size(result):
    assert result.stamp_s == 2.5
    assert result.shape == (HEIGHT, WIDTH)
    assert result.frame_result.instances[1].track_id == 3


def test_nothing_found_is_false(result):
    assert result
    assert not StepResult(FrameResult(0, '', HEIGHT, WIDTH, 1))


def test_it_can_be_sent_to_another_process(result):
    mask = result[0].mask
    for again in (pickle.loads(pickle.dumps(result)), copy.copy(result)):
        assert list(again) == list(result)
        assert np.array_equal(again[0].mask, mask)
