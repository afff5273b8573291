"""What enters the video memory, and for which objects there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from remembering_engine import RememberingEngine, memory_manifest
from scripted_engine import Seen, look
from tracking_scenes import filled, hidden, ids, make_tracker, play, unseen

RED = Seen(10, 10, who=1)
BLUE = Seen(40, 30, concept='blue mug', embedding=look(4), who=2)


@pytest.fixture
def engine() -> RememberingEngine:
    return RememberingEngine()


def test_all_objects_of_all_prompts_go_in_one_batch(engine):
    tracker = make_tracker(engine, 'red mug', 'blue mug', remember_every=1)
    play(tracker, engine, [[RED, BLUE]] * 3)
    assert engine.batches == [2, 2]
    assert engine.runs['memorise'] == 3


def test_more_objects_than_the_graph_takes_live_by_detections():
    engine = RememberingEngine(memory_manifest(objects=2))
    tracker = make_tracker(engine, remember_every=1)
    crowd = [Seen(15 * i, 10, embedding=look(i), who=i + 1) for i in range(4)]
    results = play(tracker, engine, [crowd] * 5)
    assert ids(results[-1]) == [1, 2, 3, 4]
    assert tracker.remembered == max(engine.batches) == 2


def test_a_newcomer_takes_the_place_of_the_longest_lost():
    engine = RememberingEngine(memory_manifest(objects=2))
    tracker = make_tracker(engine, max_occluded_frames=1)
    second = Seen(30, 10, embedding=look(3), who=2)
    third = Seen(50, 30, embedding=look(6), who=3)
    play(tracker, engine, [[RED, second]] * 4 + [[second]] * 3 + [[]] * 3 + [[third]])
    assert tracker.remembered == 2
    assert [i for i in (1, 2, 3) if i in tracker._inference.memory.ring] == [2, 3]


def test_who_comes_back_in_the_same_frame_is_not_sacrificed_for_a_newcomer():
    engine = RememberingEngine(memory_manifest(objects=1))
    tracker = make_tracker(engine, max_occluded_frames=1)
    newcomer = Seen(50, 30, embedding=look(6), who=3)
    play(tracker, engine, [[RED]] * 4 + [[]] * 4)
    ring = tracker._inference.memory.ring
    before = filled(ring, 1)[1]
    assert ids(play(tracker, engine, [[RED, newcomer]])[0]) == [1, 2]
    assert 2 not in ring
    assert filled(ring, 1)[1] >= before


def test_only_good_frames_are_remembered(engine):
    tracker = make_tracker(engine, admit_quality=0.6, remember_every=1, memory_only_share=1.0)
    play(tracker, engine, [[RED]] * 3)
    assert filled(tracker._inference.memory.ring, 1) == (1, 2, 2)
    play(tracker, engine, [[unseen(RED, memory_quality=0.55)], [hidden(RED)]])
    assert filled(tracker._inference.memory.ring, 1) == (1, 2, 2)
    play(tracker, engine, [[unseen(RED)]])
    assert filled(tracker._inference.memory.ring, 1) == (1, 3, 3)


def test_good_detections_become_trusted_views_now_and_then(engine):
    settings = {'recondition_every': 5, 'remember_every': 1}
    tracker = make_tracker(engine, recondition_score=0.8, **settings)
    play(tracker, engine, [[replace(RED, score=0.7)]] * 9)
    assert tracker._inference.memory.ring.conditioned(1) == 0
    play(tracker, engine, [[RED]] * 5)
    assert tracker._inference.memory.ring.conditioned(1) == 9
    play(tracker, engine, [[RED]])
    assert tracker._inference.memory.ring.conditioned(1) == 14


def test_a_detection_that_contradicts_the_memory_is_not_trusted(engine):
    tracker = make_tracker(engine, recondition_every=2, recondition_iou=0.7)
    off = Seen(15, 10)
    play(tracker, engine, [[RED]] * 2 + [[off, unseen(RED)]] * 3)
    assert tracker._inference.memory.ring.conditioned(1) == 0


def test_look_alikes_never_share_a_remembered_pixel(engine):
    seen_masks = []
    memorise = engine._memorise
    engine._memorise = lambda inputs: seen_masks.append(inputs['mask_logits']) or memorise(inputs)
    tracker = make_tracker(engine)
    play(tracker, engine, [[RED, Seen(17, 10, who=2, embedding=look(3))]] * 3)
    assert all((masks > 0).sum(axis=0).max() == 1 for masks in seen_masks)
    assert len(seen_masks[-1]) == 2
