"""Points on tracks: a positive one affirms the track, a negative one denies it."""

from __future__ import annotations

from dataclasses import replace

from remembering_engine import RememberingEngine, memory_manifest
from scripted_engine import Seen, look
from tracking_scenes import ids, make_tracker, play, unseen

from efficientsam3_ros.core import Prompt

RED = Seen(10, 10, who=1)


def pointing(x: float, y: float, label: int) -> Prompt:
    return Prompt('red mug', points=((x / 64, y / 48),), point_labels=(label,))


def test_a_point_on_a_track_makes_its_next_detection_a_trusted_view():
    engine = RememberingEngine(memory_manifest(exemplars=True))
    tracker = make_tracker(engine, recondition_every=1000)
    pair = [RED, Seen(40, 30, embedding=look(4), who=2)]
    play(tracker, engine, [pair] * 4)
    tracker.set_prompts([pointing(15, 15, 1)])
    play(tracker, engine, [pair] * 2)
    assert [tracker._inference.memory.ring.conditioned(i) for i in (1, 2)] == [4, 0]
    tracker.set_prompts([pointing(15, 15, 1), Prompt('blue mug')])  # the same point again
    play(tracker, engine, [pair])
    assert tracker._inference.memory.ring.conditioned(1) == 4


def test_the_point_of_a_renamed_concept_has_had_its_effect():
    engine = RememberingEngine(memory_manifest(exemplars=True))
    tracker = make_tracker(engine, recondition_every=1000)
    tracker.set_prompts([pointing(15, 15, 1)])
    play(tracker, engine, [[RED]] * 4)
    renamed = replace(pointing(15, 15, 1), concept='mug')
    tracker.set_prompts([renamed], renamed={'red mug': 'mug'})
    assert tracker.prompts == (renamed,)
    play(tracker, engine, [[replace(RED, concept='mug')]] * 2)
    assert tracker._inference.memory.ring.conditioned(1) == 0


def test_a_negative_point_takes_a_track_its_support_and_leaves_others_alone():
    engine = RememberingEngine(memory_manifest(exemplars=True))
    tracker = make_tracker(engine)
    other = Seen(40, 30, embedding=look(4), who=2)
    play(tracker, engine, [[RED, other]] * 4)
    tracker.set_prompts([pointing(15, 15, 0)])
    result = play(tracker, engine, [[unseen(RED), other]])[0]
    assert ids(result) == [2]
    assert tracker.remembered == 1
