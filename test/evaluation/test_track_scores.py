"""Tracks are scored against the object they follow, and nothing is given away."""

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.evaluation.track_scores import track_scores

SIZE = (40, 60)


def instance(number: int, x: int | None, concept: str = 'mug') -> Instance:
    mask = np.zeros(SIZE, bool)
    if x is not None:
        mask[10:20, x : x + 10] = True
    return Instance(number, number, concept, 1.0, Rle.encode(mask), TrackState.TRACKED)


def frames(*contents: tuple[Instance, ...]) -> list[FrameResult]:
    return [FrameResult(i, 'camera', *SIZE, 1, items) for i, items in enumerate(contents)]


def test_perfect_tracks_score_one():
    truth = frames(*[(instance(1, 5), instance(2, 40))] * 3)
    results = frames(*[(instance(11, 40), instance(12, 5))] * 3)
    scores = track_scores(truth, results, ['mug'])
    assert scores.jf == 1.0
    assert {(o.object_id, o.track_id) for o in scores.objects} == {(1, 12), (2, 11)}
    assert (scores.identity.switches, scores.tracks) == (0, 2)
    assert scores.concept.score().pmf1_50 == pytest.approx(1.0, abs=1e-3)


def test_new_id_halfway_costs_the_frames_of_the_shorter_track():
    truth = frames(*[(instance(1, 5),)] * 4)
    results = frames(*[(instance(7, 5),)] * 3, (instance(8, 5),))
    scores = track_scores(truth, results, ['mug'])
    assert scores.identity.switches == 1
    assert scores.jf == 0.75
    assert scores.tracks == 2


def test_an_object_that_was_never_found_scores_zero_and_hidden_tracks_do_not_help():
    truth = frames(*[(instance(1, 5),)] * 2)
    scores = track_scores(truth, frames(*[(instance(7, None),)] * 2), ['mug'])
    assert scores.objects[0].jf == 0.0
    assert scores.objects[0].track_id == 0
    assert scores.identity.misses == 2


def test_what_an_empty_answer_would_get_is_told():
    truth = frames((instance(1, 5),), (), (), ())
    scores = track_scores(truth, frames(*[(instance(7, 5),)] * 4), ['mug'])
    assert (scores.objects[0].idle, scores.objects[0].jf) == (0.75, 0.25)


def test_a_track_of_another_concept_is_no_partner():
    truth = frames((instance(1, 5),))
    results = frames((instance(7, 5, 'bowl'),))
    scores = track_scores(truth, results, ['mug', 'bowl'])
    assert scores.jf == 0.0
    assert scores.concept.il_fn == scores.concept.il_fp == 1


def test_different_lengths_are_refused():
    with pytest.raises(ValueError, match='2 true frames but 1 results'):
        track_scores(frames((), ()), frames(()), ['mug'])
