"""Ids stay with their objects: moving, hiding, crossing, leaving and coming back."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_engine import Seen, frame_of, look
from tracking_scenes import id_at, ids, make_tracker, play, shown

from efficientsam3_ros.core import FrameResult, TrackState


@pytest.mark.parametrize('speed', [0, 2, 5, 9])
def test_a_moving_object_keeps_its_id(scripted_engine, speed):
    tracker = make_tracker(scripted_engine)
    results = play(tracker, scripted_engine, [[Seen(speed * i, 10)] for i in range(6)])
    assert [ids(result) for result in results] == [[1]] * 6
    assert shown(results[-1])[0].mask.box_xyxy == (5 * speed, 10, 5 * speed + 10, 20)


def test_an_object_that_jumps_beyond_its_mask_is_known_by_its_looks(scripted_engine):
    tracker = make_tracker(scripted_engine)
    results = play(tracker, scripted_engine, [[Seen(0, 10)], [Seen(12, 10)], [Seen(1, 10)]])
    assert [ids(result) for result in results] == [[1]] * 3


def test_another_object_at_the_next_place_is_not_taken_for_it(scripted_engine):
    tracker = make_tracker(scripted_engine)
    scenes = [[Seen(0, 10)], [Seen(12, 10, embedding=look(5))]]
    assert ids(play(tracker, scripted_engine, scenes)[1]) == [2]


def test_two_same_looking_objects_side_by_side_do_not_swap(scripted_engine):
    tracker = make_tracker(scripted_engine)
    # The detector's order changes from frame to frame, and so do the scores.
    scenes = []
    for i in range(20):
        pair = [Seen(10 + i, 10, score=0.7 + 0.2 * (i % 2)), Seen(22 + i, 11, score=0.8)]
        scenes.append(pair[:: 1 if i % 2 else -1])
    results = play(tracker, scripted_engine, scenes)
    first = id_at(results[0], 10)
    assert all(id_at(result, 10 + i) == first for i, result in enumerate(results))
    assert all(len(ids(result)) == 2 for result in results)


def test_a_visible_object_does_not_leave_its_place_to_a_hidden_one_for_a_weak_double(
    scripted_engine,
):
    tracker = make_tracker(scripted_engine)
    other, thing = Seen(2, 10), Seen(20, 10)
    results = play(tracker, scripted_engine, [[other, thing]] * 3 + [[thing]])
    double = Seen(26, 10, 8, 8, score=0.45)
    last = play(tracker, scripted_engine, [[Seen(18, 10), double]])[-1]
    assert id_at(last, 18) == id_at(results[0], 20)


def test_a_camera_jerk_does_not_hand_ids_along_a_row_of_same_objects(scripted_engine):
    tracker = make_tracker(scripted_engine)
    row = [Seen(x, 10) for x in (2, 16, 30)]
    jerked = [Seen(thing.x + 9, 14) for thing in row]
    before, after = play(tracker, scripted_engine, [row, row, jerked])[1:]
    assert [id_at(before, x) for x in (2, 16, 30)] == [id_at(after, x) for x in (11, 25, 39)]


@pytest.mark.parametrize('same_looks', [False, True])
def test_crossing_objects_keep_their_ids(scripted_engine, same_looks):
    tracker = make_tracker(scripted_engine)
    left_look, right_look = look(0), look(0 if same_looks else 4)
    scenes = []
    for i in range(19):
        left = Seen(2 * i, 10, score=0.95, embedding=left_look)
        right = Seen(38 - 2 * i, 12, score=0.85, embedding=right_look)
        hidden = abs(left.x - right.x) < 7  # the left one is in front
        scenes.append([left] if hidden else [left, right])
    results = play(tracker, scripted_engine, scenes)
    left, right = id_at(results[0], 0), id_at(results[0], 38)
    assert id_at(results[-1], 36) == left
    assert id_at(results[-1], 2) == right
    assert {i for result in results for i in ids(result)} == {left, right}


def test_after_occlusion_the_object_has_its_old_id(scripted_engine):
    tracker = make_tracker(scripted_engine, confirm_hits=2, max_occluded_frames=5)
    scenes = [[Seen(10, 10)]] * 3 + [[]] * 4 + [[Seen(11, 10)]]
    results = play(tracker, scripted_engine, scenes)
    hidden = results[4].instances[0]
    assert (hidden.track_id, hidden.state, hidden.area) == (1, TrackState.OCCLUDED, 0)
    back = results[-1].instances[0]
    assert (back.track_id, back.state, back.age) == (1, TrackState.TRACKED, 7)


def test_what_moves_behind_an_obstacle_is_expected_on_its_other_side(scripted_engine):
    # Looks do not help here: every view is new.
    tracker = make_tracker(scripted_engine, confirm_hits=2, velocity_decay=1.0)
    scenes = [[Seen(4 * i, 10, embedding=look(i))] if i not in (4, 5, 6) else [] for i in range(9)]
    assert ids(play(tracker, scripted_engine, scenes)[-1]) == [1]


@pytest.mark.parametrize('similarity', [0.95, 0.5])
def test_who_left_and_comes_back_is_recognised_by_looks_alone(scripted_engine, similarity):
    tracker = make_tracker(scripted_engine, max_occluded_frames=3, lost_frames=100)
    scenes = [[Seen(2, 2)]] * 4 + [[]] * 20 + [[Seen(50, 35, embedding=look(0, similarity))]]
    results = play(tracker, scripted_engine, scenes)
    assert results[10].instances[0].state == TrackState.LOST
    assert ids(results[-1]) == ([1] if similarity > 0.8 else [2])


def test_a_known_look_under_another_concept_is_another_object(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug', max_occluded_frames=1)
    scenes = [[Seen(2, 2)]] * 4 + [[]] * 6 + [[Seen(2, 2, concept='blue mug')]]
    assert ids(play(tracker, scripted_engine, scenes)[-1]) == [2]


def test_another_concept_at_the_same_place_is_another_object(scripted_engine):
    tracker = make_tracker(scripted_engine, 'red mug', 'blue mug')
    scenes = [[Seen(10, 10)]] * 3 + [[Seen(10, 10, concept='blue mug')]]
    (found,) = shown(play(tracker, scripted_engine, scenes)[-1])
    assert (found.track_id, found.concept) == (2, 'blue mug')


def test_of_two_same_looking_hidden_objects_the_nearer_place_decides(scripted_engine):
    tracker = make_tracker(scripted_engine)
    scenes = [[Seen(2, 10), Seen(50, 10)]] * 4 + [[]] * 4 + [[Seen(34, 10), Seen(18, 10)]]
    results = play(tracker, scripted_engine, scenes)
    assert id_at(results[-1], 18) == id_at(results[0], 2)
    assert id_at(results[-1], 34) == id_at(results[0], 50)


def test_sliding_behind_an_edge_is_not_taken_for_motion(scripted_engine):
    tracker = make_tracker(scripted_engine)
    scenes = [[Seen(10 + cut, 10, 10 - cut)] for cut in (0, 0, 4, 7)]
    play(tracker, scripted_engine, scenes)
    assert tracker.tracks[0].velocity == (0, 0)


def test_who_comes_back_elsewhere_is_not_taken_for_fast(scripted_engine):
    tracker = make_tracker(scripted_engine, max_occluded_frames=1)
    play(tracker, scripted_engine, [[Seen(2, 2)]] * 4 + [[]] * 3 + [[Seen(50, 35)]])
    assert [(t.track_id, t.velocity) for t in tracker.tracks] == [(1, (0, 0))]


def test_a_view_seen_on_the_way_is_remembered(scripted_engine):
    tracker = make_tracker(scripted_engine, max_occluded_frames=3)
    turning = [[Seen(10, 10, embedding=look(i // 3))] for i in range(12)]
    scenes = [*turning, *[[]] * 10, [Seen(40, 30, embedding=look(2))]]
    assert ids(play(tracker, scripted_engine, scenes)[-1]) == [1]


def test_of_two_lost_objects_each_gets_its_own_id_back(scripted_engine):
    tracker = make_tracker(scripted_engine, max_occluded_frames=2)
    pair = [Seen(2, 2), Seen(40, 30, embedding=look(6))]
    swapped = [Seen(2, 2, embedding=look(6)), Seen(40, 30)]
    results = play(tracker, scripted_engine, [pair] * 4 + [[]] * 5 + [swapped])
    assert id_at(results[-1], 2) == id_at(results[0], 40)
    assert id_at(results[-1], 40) == id_at(results[0], 2)


def test_of_two_same_looking_lost_objects_the_place_decides(scripted_engine):
    tracker = make_tracker(scripted_engine, max_occluded_frames=2)
    pair = [Seen(2, 2), Seen(40, 30)]
    results = play(tracker, scripted_engine, [pair] * 4 + [[]] * 5 + [pair[::-1]])
    assert [id_at(results[-1], x) for x in (2, 40)] == [id_at(results[0], x) for x in (2, 40)]


def test_forgotten_objects_get_new_ids(scripted_engine):
    tracker = make_tracker(scripted_engine, max_occluded_frames=2, lost_frames=3)
    results = play(tracker, scripted_engine, [[Seen(9, 9)]] * 4 + [[]] * 8 + [[Seen(9, 9)]])
    assert ids(results[-1]) == [2]


def test_a_weak_detection_continues_a_track_but_never_starts_one(scripted_engine):
    tracker = make_tracker(scripted_engine, keep_ratio=0.6)
    weak = [Seen(10, 10, score=0.35)]
    results = play(tracker, scripted_engine, [weak, [Seen(10, 10)], weak, weak])
    assert [ids(result) for result in results] == [[], [1], [1], [1]]
    assert shown(results[-1])[0].score == np.float32(0.35)


def test_a_weak_detection_does_not_wake_a_hidden_track(scripted_engine):
    tracker = make_tracker(scripted_engine, keep_ratio=0.6)
    scenes = [[Seen(10, 10)]] * 4 + [[], [Seen(10, 10, score=0.35)]]
    assert ids(play(tracker, scripted_engine, scenes)[-1]) == []


def test_hysteresis_a_visible_track_needs_less_overlap_than_a_hidden_one(scripted_engine):
    # Another look each time, so overlap alone decides; 5 of 15 columns are common: IoU 1/3.
    settings = {'match_iou': 0.5, 'keep_iou': 0.2, 'confirm_hits': 1}
    moved = [Seen(15, 10, embedding=look(3))]
    still = make_tracker(scripted_engine, **settings)
    assert ids(play(still, scripted_engine, [[Seen(10, 10)], moved])[-1]) == [1]
    hidden = make_tracker(scripted_engine, **settings)
    assert ids(play(hidden, scripted_engine, [[Seen(10, 10)], [], moved])[-1]) == [2]


def test_looks_count_only_above_what_the_concept_shares(scripted_engine):
    """Two neighbours of one concept move on; each is nearer to where the other was."""
    first, second = look(0), look(0, 0.9)
    scenes = [
        [Seen(10, 10, embedding=first), Seen(20, 10, embedding=second)],
        [Seen(10, 10, embedding=first), Seen(20, 10, embedding=second)],
        [Seen(18, 10, embedding=first), Seen(28, 10, embedding=second)],
    ]
    shared = [id_at(play(make_tracker(scripted_engine), scripted_engine, scenes)[-1], 18)]
    flat = make_tracker(scripted_engine, similarity_floor=-1.0, appearance_weight=0.5)
    shared.append(id_at(play(flat, scripted_engine, scenes)[-1], 18))
    assert shared == [1, 2]


@pytest.mark.parametrize(('color_weight', 'told_apart'), [(0.3, True), (0.0, False)])
def test_same_things_of_other_colours_get_their_ids_back_wherever_they_return(
    scripted_engine, color_weight, told_apart
):
    tracker = make_tracker(scripted_engine, color_weight=color_weight, max_occluded_frames=2)
    places, colors = (5, 40), {'plum': (80, 40, 110), 'maroon': (110, 30, 60)}

    def show(*names: str) -> FrameResult:
        frame = frame_of()
        for x, name in zip(places, names):
            frame.rgb[10:20, x : x + 10] = colors[name]
        scripted_engine.scene = [Seen(x, 10) for x, _ in zip(places, names)]
        return tracker.step(frame)

    first = [show('plum', 'maroon') for _ in range(4)][-1]
    for _ in range(4):
        show()
    last = show('maroon', 'plum')
    assert (id_at(last, 40) == id_at(first, 5)) is told_apart
