"""States, births and the end of tracks."""

from __future__ import annotations

import pytest
from scripted_engine import ScriptedEngine, Seen, frame_of, look, make_manifest
from tracking_scenes import ids, make_tracker, play, shown

from efficientsam3_ros.core import TrackState

NEW, TRACKED, OCCLUDED, LOST = TrackState


def test_an_object_is_reported_from_its_first_frame_on(scripted_engine):
    tracker = make_tracker(scripted_engine, confirm_hits=3)
    results = play(tracker, scripted_engine, [[Seen(10, 10)]] * 4)
    states = [result.instances[0].state for result in results]
    assert states == [NEW, NEW, TRACKED, TRACKED]
    assert [result.instances[0].age for result in results] == [0, 1, 2, 3]


def test_hidden_then_lost_then_unreported_then_forgotten(scripted_engine):
    settings = {'confirm_hits': 1, 'max_occluded_frames': 2, 'report_lost': 2, 'lost_frames': 4}
    tracker = make_tracker(scripted_engine, **settings)
    results = play(tracker, scripted_engine, [[Seen(10, 10)]] + [[]] * 7)
    states = [[item.state for item in result.instances] for result in results]
    assert states == [[TRACKED], [OCCLUDED], [OCCLUDED], [LOST], [LOST], [], [], []]
    assert all(item.area == 0 for result in results[1:] for item in result.instances)
    assert tracker.tracks == ()


def test_of_too_many_lost_objects_the_longest_lost_is_forgotten(scripted_engine):
    settings = {'confirm_hits': 1, 'max_occluded_frames': 1, 'max_lost': 1}
    tracker = make_tracker(scripted_engine, **settings)
    pair = [Seen(2, 2), Seen(40, 30, embedding=look(4))]
    play(tracker, scripted_engine, [pair, pair[:1], *[[]] * 5])
    assert [track.track_id for track in tracker.tracks] == [1]


def test_a_false_start_is_forgotten_soon(scripted_engine):
    tracker = make_tracker(scripted_engine, confirm_hits=3, new_misses=1)
    results = play(tracker, scripted_engine, [[Seen(10, 10)], [], [], [Seen(10, 10)]])
    assert [len(result.instances) for result in results] == [1, 1, 0, 1]
    assert ids(results[-1]) == [2]


def test_below_the_threshold_nothing_is_born(scripted_engine):
    tracker = make_tracker(scripted_engine, birth_threshold=0.8)
    scene = [Seen(5, 5, score=0.75), Seen(40, 30, score=0.85)]
    assert [item.mask.x for item in shown(play(tracker, scripted_engine, [scene])[0])] == [40]


def test_the_weights_own_threshold_holds_unless_told_otherwise(scripted_engine):
    scene = [Seen(5, 5, score=0.45)]
    tracker = make_tracker(scripted_engine)
    assert tracker.config.resolved(scripted_engine.manifest).detection_threshold == 0.5
    assert not ids(play(tracker, scripted_engine, [scene])[0])
    bold = make_tracker(scripted_engine, detection_threshold=0.4)
    assert ids(play(bold, scripted_engine, [scene])[0])


def test_the_weights_own_presence_gate_holds_unless_told_otherwise():
    engine = ScriptedEngine(make_manifest(presence_gate=0.8))
    engine.presence = 0.4
    scene = [Seen(5, 5, score=0.9)]
    assert not ids(play(make_tracker(engine), engine, [scene])[0])
    (item,) = shown(play(make_tracker(engine, detection_threshold=0.4), engine, [scene])[0])
    assert item.score == pytest.approx(0.45)
    for gate, score in ((0.4, 0.9), (0.0, 0.9), (0.6, 0.6)):
        (item,) = shown(play(make_tracker(engine, presence_gate=gate), engine, [scene])[0])
        assert item.score == pytest.approx(score)


def test_no_more_objects_than_asked_for_the_best_ones(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug', max_objects=2)
    scene = [
        Seen(2, 2, score=0.6),
        Seen(20, 2, score=0.9),
        Seen(40, 2, score=0.8, concept='blue mug'),
    ]
    results = play(tracker, scripted_engine, [scene] * 3)
    assert [item.mask.x for item in shown(results[-1])] == [20, 40]


def test_two_answers_for_one_object_become_one(scripted_engine):
    tracker = make_tracker(scripted_engine)
    scene = [Seen(10, 10, score=0.7), Seen(11, 11, score=0.9), Seen(12, 12, 4, 4, score=0.8)]
    (found,) = shown(play(tracker, scripted_engine, [scene])[0])
    assert found.mask.x == 11


def test_one_object_may_answer_two_concepts(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'mug')
    scene = [Seen(10, 10), Seen(10, 10, concept='mug')]
    assert {item.concept for item in shown(play(tracker, scripted_engine, [scene])[0])} == {
        'red mug',
        'mug',
    }


def test_specks_are_no_objects(scripted_engine):
    tracker = make_tracker(scripted_engine, min_area_px=16)
    assert not ids(play(tracker, scripted_engine, [[Seen(10, 10, 3, 5)]])[0])


def test_nothing_asked_nothing_run(scripted_engine):
    tracker = make_tracker(scripted_engine)
    tracker.set_prompts([])
    result = tracker.step(frame_of(stamp_ns=77))
    assert (result.instances, result.stamp_ns, result.frame_id) == (
        (),
        77,
        'camera_optical_frame',
    )
    assert scripted_engine.runs['image_encoder'] == 0


def test_tracks_leave_by_id_and_the_object_returns_as_another(scripted_engine):
    tracker = make_tracker(scripted_engine)
    scene = [Seen(2, 2), Seen(40, 30, embedding=look(3))]
    play(tracker, scripted_engine, [scene] * 3)
    assert tracker.remove_tracks([1]) == (2,)
    assert ids(play(tracker, scripted_engine, [scene])[0]) == [2, 3]


def test_reset_forgets_tracks_but_never_gives_an_id_twice(scripted_engine):
    tracker = make_tracker(scripted_engine)
    play(tracker, scripted_engine, [[Seen(2, 2)]] * 3)
    tracker.reset()
    assert tracker.tracks == ()
    assert tracker.concepts == ('red mug',)
    assert ids(play(tracker, scripted_engine, [[Seen(2, 2)]])[0]) == [2]
