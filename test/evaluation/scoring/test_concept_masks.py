"""Instances become masks by id, and an id given twice identifies nothing."""

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.evaluation.scoring.concept_masks import masks_by_id
from efficientsam3_ros.evaluation.scoring.measure import measure

MASK = Rle.encode(np.ones((4, 6), bool))
NONE = Rle.empty(4, 6)


def frame(*items: tuple[int, str, float], mask: Rle = MASK) -> FrameResult:
    instances = tuple(Instance(n, n, c, s, mask, TrackState.TRACKED) for n, c, s in items)
    return FrameResult(1, 'camera', 4, 6, 1, instances)


def found(*frames: FrameResult | None, concept: str = 'mug'):
    return [None if item is None else list(item) for item in masks_by_id(frames, concept)]


def test_other_concepts_and_empty_masks_are_left_out():
    assert found(frame((1, 'mug', 1), (2, 'bowl', 1)), frame((3, 'mug', 1), mask=NONE)) == [
        [1],
        [],
    ]
    assert found(frame((1, 'mug', 1), (2, 'bowl', 1)), concept='') == [[1, 2]]


def test_frame_without_answer_stays_apart_from_an_empty_answer():
    assert found(None, frame()) == [None, []]


def test_repeated_ids_never_form_a_track():
    twice = frame((1, 'mug', 1), (1, 'mug', 1))
    assert found(twice, twice) == [[1, -1], [1, -2]]


def test_only_annotated_frames_are_compared():
    truth = [frame((1, 'mug', 1)), None, frame()]
    predictions = [None, frame((7, 'mug', 1)), frame((8, 'mug', 1))]
    rows = measure(truth, predictions, ('mug',)).rows
    assert [row.annotated for row in rows] == [True, False, True]
    assert [[item.object_id for item in row.objects] for row in rows] == [[1], [], []]
    assert [row.false for row in rows] == [(), (), (('mug', 8),)]
