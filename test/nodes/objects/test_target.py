from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import Instance, Rle, TrackState
from efficientsam3_ros.nodes.objects.keep_out import KeepOut
from efficientsam3_ros.nodes.objects.scene.target import TargetChooser, Wanted


def item(track_id, score, concept='mug', state=TrackState.TRACKED, pixels=100):
    mask = np.zeros((20, 20), bool)
    mask.flat[:pixels] = True
    return Instance(track_id, track_id, concept, score, Rle.encode(mask), state)


def test_confirmed_ones_come_before_new_ones_then_the_score_counts():
    objects = [item(1, 0.9, state=TrackState.NEW), item(2, 0.5), item(3, 0.7)]
    assert [found.track_id for found in Wanted().among(objects)] == [3, 2, 1]


def test_case_and_blanks_of_a_phrase_do_not_matter():
    objects = [item(1, 0.9, 'Red  Mug'), item(2, 0.9, 'red mug lid')]
    assert [found.track_id for found in Wanted(phrase=' red mug').among(objects)] == [1]


def test_an_id_counts_before_a_phrase_and_small_masks_do_not():
    objects = [item(1, 0.9), item(2, 0.5, pixels=10)]
    assert [f.track_id for f in Wanted(track_id=1, phrase='fork').among(objects)] == [1]
    assert Wanted(track_id=2, min_pixels=11).among(objects) == []


def test_the_target_is_kept_while_it_is_seen_and_taken_back_by_nobody():
    chooser, wanted = TargetChooser(), Wanted()
    assert chooser.choose(wanted, [item(1, 0.8), item(2, 0.5)]).track_id == 1
    assert chooser.choose(wanted, [item(1, 0.4), item(2, 0.9)]).track_id == 1
    assert chooser.choose(wanted, []) is None
    assert chooser.choose(wanted, [item(2, 0.9)]).track_id == 2
    assert chooser.choose(wanted, [item(1, 0.99), item(2, 0.1)]).track_id == 2


def test_keep_out_boxes_hold_what_lies_between_their_corners():
    boxes = KeepOut.parse(['1 1 1 0 0 0', ' ', '-1 -1 2 1 1 3'])
    assert len(boxes) == 2
    inside = [boxes.holds(np.array(p)) for p in ((0.5, 0.5, 0.5), (0.5, 0.5, 1.5), (-0.9, 0, 2))]
    assert inside == [True, False, True]
    assert not KeepOut.parse([]).holds(np.zeros(3))


@pytest.mark.parametrize('text', ['1 2 3', '1 2 3 4 5 x', '0 0 0 1 1 nan', '0 0 0 1 1 1 1'])
def test_what_is_no_box_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match='six numbers'):
        KeepOut.parse([text])
