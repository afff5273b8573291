"""Objects are followed by their memory where detections fail; detections keep it honest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from remembering_engine import RememberingEngine
from scripted_engine import Seen, frame_of, look
from tracking_scenes import filled, hidden, id_at, ids, make_tracker, play, shown, unseen

from efficientsam3_ros.core import Prompt, TrackState
from efficientsam3_ros.engine import EngineError

NEW, TRACKED, OCCLUDED, LOST = TrackState
RED = Seen(10, 10, who=1)
BLUE = Seen(40, 30, concept='blue mug', embedding=look(4), who=2)
LOYAL = {'memory_only_share': 1.0}
"""A track may be carried by its memory as often as it was detected."""


@pytest.fixture
def engine() -> RememberingEngine:
    return RememberingEngine()


def changed(similarity: float) -> tuple[float, ...]:
    """Return an appearance of that cosine with RED's."""
    return look(0, similarity)


def test_what_the_detector_misses_is_shown_by_memory_with_its_own_quality(engine):
    tracker = make_tracker(engine, **LOYAL)
    missed = unseen(replace(RED, x=14), memory_quality=0.75)
    result = play(tracker, engine, [[RED]] * 3 + [[missed]])[-1]
    (item,) = shown(result)
    assert (item.track_id, item.state, item.mask.x) == (1, TRACKED, 14)
    assert item.mask_quality == pytest.approx(0.75)


def test_memory_alone_keeps_a_track_only_so_long(engine):
    tracker = make_tracker(engine, memory_only_runs=3, **LOYAL)
    results = play(tracker, engine, [[RED]] * 3 + [[unseen(RED)]] * 5 + [[RED]])
    assert [len(ids(result)) for result in results] == [1, 1, 1, 1, 1, 1, 0, 0, 1]
    assert results[-2].instances[0].state is OCCLUDED
    assert ids(results[-1]) == [1]


@pytest.mark.parametrize(('detected', 'carried'), [(4, 1), (8, 2), (19, 3)])
def test_the_longer_a_track_was_detected_the_longer_memory_alone_keeps_it(
    engine, detected, carried
):
    tracker = make_tracker(engine, memory_only_share=0.25, memory_only_runs=3)
    results = play(tracker, engine, [[RED]] * detected + [[unseen(RED)]] * 5)
    assert [len(ids(r)) for r in results[detected:]] == [1] * carried + [0] * (5 - carried)


@pytest.mark.parametrize('doubt', [{'memory_score': 0.3}, {'memory_quality': 0.3}])
def test_an_unsure_memory_shows_nothing(engine, doubt):
    tracker = make_tracker(engine)
    result = play(tracker, engine, [[RED]] * 3 + [[unseen(RED, **doubt)]])[-1]
    assert result.instances[0].state is OCCLUDED
    assert result.instances[0].area == 0


@pytest.mark.parametrize('between', [False, True])
@pytest.mark.parametrize(('x', 'shown_again'), [(12, True), (50, False)])
def test_memory_alone_shows_a_hidden_object_only_where_it_is_expected(
    engine, between, x, shown_again
):
    # It left; what memory then sees elsewhere may be its look-alike.
    settings = {'detect_every': 5, 'detect_when': 'due'} if between else {}
    tracker = make_tracker(engine, **LOYAL, **settings, confirm_hits=1)
    seen = replace(RED, x=10, y=10)
    scenes = [[seen]] * 3 + [[hidden(seen)]] * (3 if between else 1) + [[unseen(seen, x=x)]]
    assert ids(play(tracker, engine, scenes)[-1]) == [1] * shown_again


def test_an_unconfirmed_track_needs_detections(engine):
    tracker = make_tracker(engine, confirm_hits=3)
    results = play(tracker, engine, [[RED], [unseen(RED)]])
    assert ids(results[0]) == [1]
    assert ids(results[1]) == []


def test_behind_an_obstacle_nothing_is_shown_and_on_the_other_side_the_id_is_back(engine):
    tracker = make_tracker(engine)
    way = [replace(RED, x=4 * i, embedding=look(i)) for i in range(12)]
    scenes = [[hidden(thing) if 4 <= i < 9 else thing] for i, thing in enumerate(way)]
    results = play(tracker, engine, scenes)
    assert [ids(result) for result in results] == [[1]] * 4 + [[]] * 5 + [[1]] * 3


def test_a_lost_object_that_memory_finds_gets_its_id_back_with_a_detection_only(engine):
    # Its looks have changed too much for recognition by appearance alone.
    tracker = make_tracker(engine, max_occluded_frames=3)
    back = Seen(50, 35, embedding=changed(0.87), who=1)
    results = play(tracker, engine, [[RED]] * 4 + [[]] * 8 + [[unseen(back)], [back]])
    assert results[-2].instances[0].state is LOST
    assert ids(results[-1]) == [1]


def test_what_memory_has_lost_is_still_known_by_its_looks(engine):
    tracker = make_tracker(engine, max_occluded_frames=3, search_lost=4)
    back = Seen(50, 35, who=7)
    assert ids(play(tracker, engine, [[RED]] * 4 + [[]] * 12 + [[back]])[-1]) == [1]


def test_the_memory_searches_for_lost_objects_only_so_long(engine):
    settings = {'detect_every': 100, 'detect_when': 'due'}
    tracker = make_tracker(engine, max_occluded_frames=1, search_lost=4, **settings)
    play(tracker, engine, [[RED]] * 3 + [[]] * 20)
    assert len(engine.batches) == 2 + 4


def test_a_look_alike_in_the_place_of_a_missed_object_is_another_one(engine):
    tracker = make_tracker(engine, **LOYAL)
    lookalike = Seen(24, 10, who=2)
    results = play(tracker, engine, [[RED]] * 3 + [[unseen(RED), lookalike]] * 2)
    assert id_at(results[-1], 10) == 1
    assert id_at(results[-1], 24) == 2


@pytest.mark.parametrize(
    ('seen', 'expected'),
    [
        ({'memory_score': 0.3}, 1),  # the memory does not see it: it is the same one
        ({}, 2),  # the memory sees it in its place: this is another one
    ],
)
def test_a_changed_detection_close_by_is_the_track_unless_memory_sees_that_elsewhere(
    engine, seen, expected
):
    tracker = make_tracker(engine)
    jumped = Seen(24, 10, embedding=changed(0.85), who=2)
    result = play(tracker, engine, [[RED]] * 4 + [[jumped, unseen(RED, **seen)]])[-1]
    assert id_at(result, 24) == expected


def test_a_part_that_the_memory_sees_of_a_detection_is_not_elsewhere(engine):
    tracker = make_tracker(engine)
    jumped = Seen(24, 10, 16, 16, embedding=changed(0.85), who=2)
    part = unseen(Seen(26, 12, 4, 4, who=1))
    assert ids(play(tracker, engine, [[RED]] * 4 + [[jumped, part]])[-1]) == [1]


def test_what_the_memory_alone_sees_in_a_new_place_is_no_reason_to_lose_a_track(engine):
    tracker = make_tracker(engine)
    jumped = Seen(24, 10, who=2)
    mistaken = unseen(replace(RED, x=45, y=30))
    assert ids(play(tracker, engine, [[RED]] * 4 + [[jumped, mistaken]])[-1]) == [1]


def test_of_two_look_alikes_the_track_is_the_one_that_memory_and_detector_both_see(engine):
    tracker = make_tracker(engine)
    nearer, moved = Seen(24, 10, who=2), replace(RED, x=45, y=30)
    results = play(tracker, engine, [[RED]] * 4 + [[nearer, moved]])
    assert id_at(results[-1], 45) == id_at(results[0], RED.x)
    assert id_at(results[-1], 24) != id_at(results[0], RED.x)


def test_a_lost_object_that_memory_finds_is_not_taken_for_a_hidden_one_close_by(engine):
    tracker = make_tracker(engine, max_occluded_frames=5)
    lookalike = Seen(24, 30, who=2)
    results = play(tracker, engine, [[RED, lookalike]] * 4 + [[lookalike]] * 5 + [[]] * 2)
    first = id_at(results[0], RED.x)
    assert {item.track_id: item.state for item in results[-1].instances}[first] is LOST
    returned = replace(RED, x=26, y=34)
    assert ids(play(tracker, engine, [[returned]])[-1]) == [first]


def test_without_likeness_a_detection_close_by_is_another_object(engine):
    tracker = make_tracker(engine, similarity_floor=0.9)
    jumped = Seen(24, 10, embedding=changed(0.85), who=2)
    result = play(tracker, engine, [[RED]] * 4 + [[jumped, hidden(RED)]])[-1]
    assert id_at(result, 24) == 2


def test_look_alikes_that_swap_places_behind_an_obstacle_keep_their_ids(engine):
    tracker = make_tracker(engine)
    pair = [Seen(4, 10, who=1), Seen(40, 10, who=2)]
    swapped = [replace(pair[0], x=40), replace(pair[1], x=4)]
    results = play(tracker, engine, [pair] * 4 + [[]] * 4 + [swapped])
    assert id_at(results[-1], 4) == id_at(results[0], 40)
    assert id_at(results[-1], 40) == id_at(results[0], 4)


@pytest.mark.parametrize(
    ('source', 'mask_logit', 'area'),
    [
        ('detection', 0.4, 50),
        ('memory', 5.0, 100),
        ('quality', 0.4, 100),
        ('quality', 5.0, 50),
    ],
)
def test_whose_mask_is_shown_where_both_see_the_object(engine, source, mask_logit, area):
    tracker = make_tracker(engine, mask_from=source)
    # The detector sees its left half, and may be unsure of it.
    half = Seen(10, 10, 5, 10, mask_logit=mask_logit)
    (item,) = shown(play(tracker, engine, [[RED]] * 3 + [[half, unseen(RED)]])[-1])
    assert item.area == area
    if area == 100:
        assert item.mask_quality == pytest.approx(0.9)


def test_between_detections_the_network_follows_each_frame(engine):
    settings = {'detect_when': 'due', 'remember_every': 1}
    tracker = make_tracker(engine, detect_every=4, **settings)
    scenes = [[replace(RED, x=10 + (i * i) % 7)] for i in range(9)]
    results = play(tracker, engine, scenes)
    assert engine.runs['detector'] == 3
    assert engine.runs['image_encoder'] == 9
    assert engine.runs['track_step'] == engine.batches.count(1) == 8
    assert [shown(r)[0].mask.x for r in results] == [scene[0].x for scene in scenes]


def test_between_detections_the_object_score_decides_what_is_seen(engine):
    tracker = make_tracker(engine, detect_every=10, detect_when='due', confirm_hits=1)
    scenes = [[RED], [RED], [hidden(RED)], [RED], [RED]]
    assert [len(ids(r)) for r in play(tracker, engine, scenes)] == [1, 1, 0, 1, 1]


@pytest.mark.parametrize(
    'event', [[], [replace(RED, memory_quality=0.2)]], ids=['vanished', 'unsure']
)
def test_an_unsure_or_vanished_track_calls_the_detector_early(engine, event):
    tracker = make_tracker(engine, detect_every=50, detect_when='needed')
    play(tracker, engine, [[RED]] * 3)
    assert engine.runs['detector'] == 1
    play(tracker, engine, [event])
    assert engine.runs['detector'] == 2


def test_another_view_calls_the_detector_early_even_without_tracks(engine):
    tracker = make_tracker(engine, detect_every=50)
    play(tracker, engine, [[]] * 3)
    assert engine.runs['image_encoder'] == 1
    frame = frame_of()
    frame.rgb[:] = 255
    engine.scene = [RED]
    assert ids(tracker.step(frame)) == [1]


def test_of_two_tracks_on_one_object_the_less_supported_one_yields(engine):
    tracker = make_tracker(engine)
    other = Seen(40, 10, embedding=look(3), who=2)
    play(tracker, engine, [[RED, other]] * 4)
    # The second one vanishes, and its memory takes the first one for it.
    engine.scene = [RED, replace(RED, who=2, score=0.0)]
    result = tracker.step(frame_of())
    assert ids(result) == [1]
    assert {i.track_id: i.state for i in result.instances}[2] is OCCLUDED


def test_a_hidden_tracks_memory_does_not_take_over_a_visible_tracks_object(engine):
    tracker = make_tracker(engine)
    passing = [Seen(x, 10, embedding=look(3), who=2) for x in (50, 42, 34, 26, 18)]
    scenes = [[RED, thing] for thing in passing[:3]] + [[thing] for thing in passing[3:]]
    play(tracker, engine, scenes)
    # In front of the hidden one it even looks a little more like it, to both eyes.
    alike = np.sqrt((0.55, 0.45))
    there = Seen(10, 10, who=2, embedding=(alike[0], 0, 0, alike[1], *[0] * 12))
    mistaken = replace(there, who=1, score=0.0)
    assert ids(play(tracker, engine, [[there, mistaken]])[0]) == [2]


@pytest.mark.parametrize('graph', ['image_encoder', 'track_step', 'detector'])
def test_a_failed_graph_leaves_tracks_and_memory_as_they_were(engine, graph):
    tracker = make_tracker(engine, detect_every=3, remember_every=1)
    play(tracker, engine, [[RED]] * 3)
    ring = tracker._inference.memory.ring
    before, slots = tracker.tracks, filled(ring, 1)
    engine.failing = graph
    with pytest.raises(EngineError, match=graph):
        play(tracker, engine, [[RED, Seen(40, 30, embedding=look(5), who=2)]])
    assert tracker.tracks == before
    assert filled(ring, 1) == slots
    engine.failing = ''
    detections = engine.runs['detector']
    assert ids(play(tracker, engine, [[RED]])[0]) == [1]
    assert engine.runs['detector'] == detections + 1  # made up for


def test_a_frame_that_cannot_be_remembered_is_tracked_all_the_same(engine):
    tracker = make_tracker(engine, remember_every=1, **LOYAL)
    play(tracker, engine, [[RED]] * 3)
    slots, published = filled(tracker._inference.memory.ring, 1), []
    engine.failing, engine.scene = 'memorise', [replace(RED, x=14), BLUE]
    with pytest.raises(EngineError, match='memorise'):
        tracker.step(frame_of(), published.append)
    assert [item.mask.x for item in shown(published[0])] == [14]
    assert filled(tracker._inference.memory.ring, 1) == slots
    engine.failing = ''
    assert ids(play(tracker, engine, [[unseen(replace(RED, x=14))]])[0]) == [1]


def test_a_result_is_published_before_the_frame_is_remembered(engine):
    tracker = make_tracker(engine, remember_every=1)
    engine.scene = [RED]
    runs = []
    result = tracker.step(frame_of(), lambda item: runs.append((item, engine.runs['memorise'])))
    assert runs == [(result, 0)]
    assert engine.runs['memorise'] == 1


def test_a_frame_is_remembered_even_if_its_result_cannot_be_published(engine):
    def fail(result):
        raise RuntimeError('no subscriber')

    tracker = make_tracker(engine, **LOYAL, confirm_hits=1)
    engine.scene = [RED]
    with pytest.raises(RuntimeError, match='no subscriber'):
        tracker.step(frame_of(), fail)
    assert tracker.remembered == 1
    assert tracker.times.total > 0


@pytest.mark.parametrize('how', ['remove', 'reset', 'prompts', 'off'])
def test_what_ends_frees_its_memory(engine, how):
    tracker = make_tracker(engine, 'red mug', 'blue mug')
    play(tracker, engine, [[RED, BLUE]] * 3)
    size = tracker.memory_bytes
    assert tracker.remembered == 2
    if how == 'remove':
        tracker.remove_tracks([1])
    elif how == 'reset':
        tracker.reset()
    elif how == 'prompts':
        tracker.set_prompts([Prompt('blue mug')])
    else:
        tracker.config = replace(tracker.config, memory=False)
        play(tracker, engine, [[RED, BLUE]])
    assert tracker.remembered == {'remove': 1, 'prompts': 1}.get(how, 0)
    assert tracker.memory_bytes == size > 0


def test_switched_off_and_on_again_objects_are_remembered_anew(engine):
    tracker = make_tracker(engine, memory=False, **LOYAL)
    play(tracker, engine, [[RED]] * 3)
    assert engine.runs['track_step'] == engine.runs['memorise'] == 0
    tracker.config = replace(tracker.config, memory=True)
    result = play(tracker, engine, [[RED], [unseen(RED)]])[-1]
    assert ids(result) == [1]


def test_a_renamed_concept_keeps_its_ids_and_its_memory(engine):
    tracker = make_tracker(engine, 'red mug', 'blue mug')
    play(tracker, engine, [[RED, BLUE]] * 3)
    prompts = [Prompt('mug'), Prompt('blue mug')]
    tracker.set_prompts(prompts, renamed={'Red mug': 'mug'})
    result = play(tracker, engine, [[replace(RED, concept='mug'), BLUE]])[0]
    assert {i.track_id: i.concept for i in result.instances} == {1: 'mug', 2: 'blue mug'}
    assert tracker.remembered == 2


def test_every_part_of_a_step_is_timed(engine):
    tracker = make_tracker(engine)
    play(tracker, engine, [[RED]] * 2)
    assert all(value > 0 for value in vars(tracker.times).values())
    assert np.isclose(tracker.times.total, sum(vars(tracker.times).values()))
