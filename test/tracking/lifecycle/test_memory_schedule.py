"""The memory is asked where its answer counts, and each object is remembered in its turn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from remembering_engine import RememberingEngine, memory_manifest
from scripted_engine import Seen, look
from tracking_scenes import filled, id_at, ids, make_tracker, play

from efficientsam3_ros.core import Prompt

RED = Seen(10, 10, who=1)
CROWD = [
    Seen(4 + 20 * (i % 3), 4 + 22 * (i // 3), embedding=look(2 * i), who=i + 1) for i in range(6)
]


@pytest.fixture
def engine() -> RememberingEngine:
    return RememberingEngine()


def test_a_plainly_detected_object_is_looked_for_in_its_turn_only(engine):
    tracker = make_tracker(engine, remember_every=3)
    results = play(tracker, engine, [[RED]] * 10)
    assert [ids(result) for result in results] == [[1]] * 10
    assert engine.runs['track_step'] == 3
    assert engine.runs['memorise'] == 1 + 3
    assert filled(tracker._inference.memory.ring, 1) == (1, 3, 3)


def test_turns_are_spread_so_that_frames_cost_alike(engine):
    tracker = make_tracker(engine, remember_every=3)
    play(tracker, engine, [CROWD] * 30)
    assert tracker.remembered == 6
    assert set(engine.batches[3:]) == {2}
    ring = tracker._inference.memory.ring
    assert min(ring.last_propagated(i) for i in range(1, 7)) >= 29 - 3


def test_what_is_never_good_enough_to_remember_takes_no_turn_from_others(engine):
    tracker = make_tracker(engine, remember_every=2)
    poor = replace(CROWD[1], score=0.55, memory_quality=0.3)
    play(tracker, engine, [[poor, CROWD[5]]] * 10)
    ring = tracker._inference.memory.ring
    counts = {t.region.box[0]: filled(ring, t.track_id) for t in tracker.tracks}
    assert counts[poor.x] == (1, 0, 0)
    assert counts[CROWD[5].x] == (1, 3, 4)


def test_with_every_frame_in_turn_none_is_spared(engine):
    play(make_tracker(engine, remember_every=1), engine, [CROWD] * 5)
    assert engine.batches == [6] * 4


@pytest.mark.parametrize(
    'scene',
    [
        [RED, Seen(17, 10, who=2, embedding=look(3))],  # touching
        [replace(RED, x=17)],  # too far from where it was
        [replace(RED, score=0.0)],  # not detected
    ],
    ids=['touching', 'jumped', 'missed'],
)
def test_what_detections_leave_in_question_is_looked_for_at_once(engine, scene):
    tracker = make_tracker(engine, remember_every=1000)
    play(tracker, engine, [[RED]] * 20)
    assert engine.batches == []
    play(tracker, engine, [scene])
    assert engine.batches == [1]


def test_a_hidden_object_is_looked_for_where_a_detection_could_be_it(engine):
    tracker = make_tracker(engine, 'red mug', 'blue mug', remember_every=1000)
    blue = Seen(40, 30, concept='blue mug', embedding=look(4), who=2)
    play(tracker, engine, [[RED, blue]] * 4 + [[blue]] * 5)
    assert engine.batches == [1]  # when it vanished
    newcomer = Seen(30, 10, embedding=look(6), who=3)
    play(tracker, engine, [[blue, newcomer]])
    assert engine.batches == [1, 1]


def test_sparing_does_not_change_who_is_who(engine):
    swapped = [replace(CROWD[0], x=44), replace(CROWD[2], x=4)]
    scenes = [[CROWD[0], CROWD[2]]] * 6 + [[]] * 4 + [swapped] * 3
    outcomes = []
    for every in (1, 3):
        engine = RememberingEngine()
        results = play(make_tracker(engine, remember_every=every), engine, scenes)
        outcomes.append([ids(result) for result in results])
        assert id_at(results[-1], 4) == id_at(results[0], 44)
    assert outcomes[0] == outcomes[1]


def test_masks_from_the_memory_want_it_in_every_frame(engine):
    tracker = make_tracker(engine, remember_every=1000, mask_from='memory')
    play(tracker, engine, [[RED]] * 5)
    assert engine.batches == [1] * 4


def test_a_point_on_a_spared_track_is_remembered_at_once():
    engine = RememberingEngine(memory_manifest(exemplars=True))
    tracker = make_tracker(engine, remember_every=1000, recondition_every=1000)
    play(tracker, engine, [[RED]] * 4)
    point = Prompt('red mug', points=((15 / 64, 15 / 48),), point_labels=(1,))
    tracker.set_prompts([point])
    play(tracker, engine, [[RED]])
    assert tracker._inference.memory.ring.conditioned(1) == 4
