from __future__ import annotations

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.nodes.objects.answers.hold import Hold

NEW, TRACKED = TrackState.NEW, TrackState.TRACKED


def item(track_id, concept, state=TRACKED, pixels=50):
    mask = np.zeros((10, 10), bool)
    mask.flat[:pixels] = True
    return Instance(track_id, track_id, concept, 1 / track_id, Rle.encode(mask), state)


def look(hold, *objects, stamp_ns=100, version=1):
    return hold.look(FrameResult(stamp_ns, '', 10, 10, version, objects), objects)


def test_a_new_object_is_waited_for_until_it_is_confirmed():
    hold = Hold(['mug'])
    assert hold.stage == 'waiting'
    assert not look(hold)
    assert (hold.stage, hold.frames) == ('looking', 1)
    assert not look(hold, item(1, 'mug', NEW))
    assert (hold.stage, len(hold.seen), len(hold.confirmed)) == ('confirming', 1, 0)
    assert look(hold, item(1, 'mug'))
    assert [found.track_id for found in hold.confirmed] == [1]


def test_new_objects_count_where_that_is_asked_for():
    assert look(Hold(['mug'], accept_new=True), item(1, 'mug', NEW))


def test_results_of_earlier_prompts_and_images_do_not_count():
    hold = Hold(['mug'], version=4, stamp_ns=200)
    assert not look(hold, item(1, 'mug'), stamp_ns=300, version=3)
    assert not look(hold, item(1, 'mug'), stamp_ns=199, version=4)
    assert hold.frames == 0
    assert look(hold, item(1, 'mug'), stamp_ns=200, version=4)


def test_other_objects_and_small_masks_are_no_answer():
    hold = Hold(['mug'], min_pixels=20)
    assert not look(hold, item(1, 'fork'), item(2, 'mug', pixels=19))
    assert look(hold, item(1, 'fork'), item(3, ' Mug'))
    assert [found.track_id for found in hold.confirmed] == [3]


def test_all_phrases_need_an_object_where_that_is_asked_for():
    hold = Hold(['mug', 'fork'], all_phrases=True)
    assert not look(hold, item(1, 'mug'), item(2, 'fork', NEW))
    assert hold.missing() == ['fork']
    assert look(hold, item(1, 'mug'), item(2, 'fork'))


def test_without_phrases_anything_counts():
    assert look(Hold(), item(1, 'whatever'))
