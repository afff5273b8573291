"""Perfect answers score perfectly, and each fault lowers what it should and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.evaluation.scoring.measure import measure
from efficientsam3_ros.evaluation.scoring.metrics import Metrics

CONCEPTS = ('red mug', 'bowl', 'fork')
FRAMES, HEIGHT, WIDTH = 24, 120, 160
BOWL_LEAVES = 16

Clip = list[FrameResult]
Corruption = Callable[[Clip], Clip]


def instance(number: int, concept: str, mask: Rle) -> Instance:
    return Instance(number, number, concept, 0.9, mask, TrackState.TRACKED)


def rectangle(x: int, y: int, width: int, height: int) -> Rle:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y : y + height, x : x + width] = True
    return Rle.encode(mask)


def scene() -> Clip:
    """Two mugs of different shape and a bowl that leaves; a fork is asked for in vain."""
    clip = []
    for t in range(FRAMES):
        items = [
            instance(1, 'red mug', rectangle(5 + 3 * t, 10 + t, 18, 20)),
            instance(2, 'red mug', rectangle(100 - 2 * t, 70, 14, 24)),
        ]
        if t < BOWL_LEAVES:
            items.append(instance(3, 'bowl', rectangle(60 + 4 * t, 40, 30, 16)))
        clip.append(FrameResult(10**9 + t, 'camera', HEIGHT, WIDTH, 1, tuple(items)))
    return clip


def each(clip: Clip, change: Callable[[int, Instance], Sequence[Instance]]) -> Clip:
    """Replace every instance by those that ``change`` returns for (frame, instance)."""
    return [
        replace(
            result, instances=tuple(new for item in result.instances for new in change(t, item))
        )
        for t, result in enumerate(clip)
    ]


def moved(mask: Rle, dx: int) -> Rle:
    return replace(mask, x=mask.x + dx)


def shifted(clip: Clip) -> Clip:
    return each(clip, lambda t, item: [replace(item, mask=moved(item.mask, 2))])


def shrunken(clip: Clip) -> Clip:
    def shrink(t: int, item: Instance) -> list[Instance]:
        x0, y0, x1, y1 = item.mask.box_xyxy
        return [replace(item, mask=rectangle(x0 + 2, y0 + 2, x1 - x0 - 4, y1 - y0 - 4))]

    return each(clip, shrink)


def ragged(clip: Clip) -> Clip:
    """Cut a strip off one side of every mask, another width in every frame."""
    rng = np.random.default_rng(1)

    def cut(t: int, item: Instance) -> list[Instance]:
        x0, y0, x1, y1 = item.mask.box_xyxy
        return [replace(item, mask=rectangle(x0, y0, x1 - x0 - int(rng.integers(0, 5)), y1 - y0))]

    return each(clip, cut)


def swapped_ids(clip: Clip) -> Clip:
    def swap(t: int, item: Instance) -> list[Instance]:
        if item.concept != 'red mug' or t < FRAMES // 2:
            return [item]
        return [replace(item, track_id=3 - item.track_id)]

    return each(clip, swap)


def fragmented_ids(clip: Clip) -> Clip:
    """The first mug gets a new id every eight frames."""
    return each(
        clip,
        lambda t, item: [
            replace(item, track_id=50 + t // 8 if item.track_id == 1 else item.track_id)
        ],
    )


def one_id_for_all(clip: Clip) -> Clip:
    return each(
        clip, lambda t, item: [replace(item, track_id=1) if item.concept == 'red mug' else item]
    )


def duplicate_tracks(clip: Clip) -> Clip:
    return each(clip, lambda t, item: [item, replace(item, track_id=item.track_id + 50)])


def dropped_frames(clip: Clip) -> Clip:
    lost = set(np.random.default_rng(3).choice(np.arange(4, 14, 2), 3, replace=False).tolist())
    return each(clip, lambda t, item: [] if t in lost else [item])


def late(clip: Clip) -> Clip:
    before = [clip[0], *clip[:-1]]
    return [replace(old, stamp_ns=now.stamp_ns) for old, now in zip(before, clip)]


def wrong_concept(clip: Clip) -> Clip:
    return each(
        clip, lambda t, item: [replace(item, concept='fork') if item.track_id == 2 else item]
    )


def missing_object(clip: Clip) -> Clip:
    return each(clip, lambda t, item: [] if item.track_id == 2 else [item])


def flickering_object(clip: Clip) -> Clip:
    return each(clip, lambda t, item: [] if item.track_id == 2 and t % 6 == 3 else [item])


def with_more(clip: Clip, concept: str) -> Clip:
    more = instance(90, concept, rectangle(130, 5, 20, 20))
    return [replace(result, instances=(*result.instances, more)) for result in clip]


def false_object(clip: Clip) -> Clip:
    return with_more(clip, 'red mug')


def false_object_of_absent_concept(clip: Clip) -> Clip:
    return with_more(clip, 'fork')


def ghost_after_leaving(clip: Clip) -> Clip:
    """The bowl's last mask stays when the bowl is gone."""
    last = clip[BOWL_LEAVES - 1].instances[-1]
    return [
        replace(r, instances=(*r.instances, last)) if t >= BOWL_LEAVES else r
        for t, r in enumerate(clip)
    ]


def score(clip: Clip) -> Metrics:
    return Metrics.of(measure(scene(), clip, CONCEPTS).counts)


@cache
def perfect_score() -> Metrics:
    return score(scene())


LOWER_IS_BETTER = {
    'id_switches', 'fragmentations', 'mostly_lost', 'false_positives', 'misses', 'flicker',
    'id_churn', 'unanswered_frames',
}  # fmt: skip
NEITHER = {'tracks', 'coverage'}
"""Numbers that say how much was answered, not how well."""

CGF1 = {'cgf1', 'cgf1_50', 'cgf1_75'}
PMF1 = {'pmf1', 'pmf1_50'}
VIDEO = {'video_cgf1', 'video_pmf1'}
JF = {'j', 'f', 'jf'}
ASSOCIATION = {'hota', 'assa'}
DETECTION = {'hota', 'deta'}
RECALL, PRECISION = {'recall_50', 'recall_75'}, {'precision_50', 'precision_75'}
FIT_75 = {'recall_75', 'precision_75'}
FIT = {'cgf1', 'pmf1', *VIDEO, *DETECTION, *ASSOCIATION, 'j', 'jf', 'miou'}
SWITCHES = {'id_switches', 'mota', *ASSOCIATION, *JF, *VIDEO}
MISSED = {'misses', 'matches', 'mota', 'miou', *DETECTION, *JF, *CGF1, *PMF1, *VIDEO, *RECALL}
GAPS = MISSED | {'assa', 'fragmentations', 'flicker'}
FALSE = {'false_positives', 'mota', *DETECTION, *PRECISION}

TABLE: dict[Corruption, set[str]] = {
    # The shift stays within the tolerance of F and keeps IoU above .75.
    shifted: FIT,
    shrunken: FIT | FIT_75 | {'f', 'cgf1_75'},
    ragged: FIT | FIT_75 | {'f', 'cgf1_75', 'temporal_iou'},
    swapped_ids: SWITCHES | {'temporal_iou'},
    fragmented_ids: SWITCHES | {'tracks', 'id_churn'},
    one_id_for_all: SWITCHES | {'tracks', 'id_churn'},
    duplicate_tracks: FALSE | CGF1 | PMF1 | VIDEO | {'tracks'},
    dropped_frames: GAPS | {'il_mcc', 'present_accuracy', 'coverage'},
    # The bowl is still shown in the first frame without it.
    late: FIT
    | FIT_75
    | PRECISION
    | {'f', 'cgf1_50', 'cgf1_75', 'il_mcc', 'mota', 'false_positives', 'coverage'}
    | {'out_of_view_accuracy'},
    wrong_concept: MISSED
    | FALSE
    | {'il_mcc', 'video_il_mcc', 'absent_accuracy', 'mostly_tracked', 'mostly_lost', 'coverage'},
    missing_object: MISSED | {'mostly_tracked', 'mostly_lost', 'tracks'},
    flickering_object: GAPS,
    false_object: FALSE | CGF1 | PMF1 | VIDEO | {'tracks'},
    false_object_of_absent_concept: FALSE
    | CGF1
    | {'il_mcc', 'video_cgf1', 'video_il_mcc', 'absent_accuracy', 'tracks', 'coverage'},
    ghost_after_leaving: FALSE
    | CGF1
    | VIDEO
    | ASSOCIATION
    | JF
    | {'il_mcc', 'coverage', 'out_of_view_accuracy'},
}
"""What each fault changes; everything else stays equal to the digit."""


def test_perfect_answers_score_perfectly():
    figures = perfect_score()
    perfect = {
        'cgf1', 'pmf1', 'il_mcc', 'absent_accuracy', 'present_accuracy', 'video_cgf1',
        'video_pmf1', 'video_il_mcc', 'hota', 'deta', 'assa', 'j', 'f', 'jf', 'miou', 'mota',
        'temporal_iou',
    }  # fmt: skip
    # cgF1's own regularisers keep it a little below 1.
    values = {name: getattr(figures, name) for name in perfect}
    assert values == pytest.approx(dict.fromkeys(perfect, 1.0), abs=1e-4)
    assert {name: getattr(figures, name) for name in LOWER_IS_BETTER} == dict.fromkeys(
        LOWER_IS_BETTER, 0
    )
    assert (figures.objects, figures.mostly_tracked, figures.matches) == (3, 3, 64)
    assert (figures.datapoints, figures.frames) == (3 * FRAMES, FRAMES)


@pytest.mark.parametrize('corruption', TABLE, ids=lambda corruption: corruption.__name__)
def test_fault_lowers_what_it_should_and_nothing_else(corruption):
    before, after = perfect_score(), score(corruption(scene()))
    changes = {
        item.name: getattr(after, item.name) - getattr(before, item.name)
        for item in fields(Metrics)
        if getattr(after, item.name)
        != pytest.approx(getattr(before, item.name), abs=1e-9, nan_ok=True)
    }
    assert set(changes) == TABLE[corruption]
    for name in changes.keys() - NEITHER:
        assert (changes[name] > 0) == (name in LOWER_IS_BETTER), name


def test_another_id_after_a_return_is_no_recognition():
    truth = each(scene(), lambda t, item: [] if 4 <= t < 14 and item.track_id == 2 else [item])
    renamed = each(
        truth,
        lambda t, item: [replace(item, track_id=9) if item.track_id == 2 and t >= 14 else item],
    )
    same, other = (Metrics.of(measure(truth, c, CONCEPTS).counts) for c in (truth, renamed))
    assert (same.reid_rate, same.reidentified, same.reentries) == (1.0, 1, 1)
    assert (other.reid_rate, other.reidentified, other.reentries) == (0.0, 0, 1)


def test_every_graded_figure_is_lowered_by_some_fault():
    numbers = {'datapoints', 'objects', 'frames', 'annotated_frames', 'unanswered_frames'}
    numbers |= {'reid_rate', 'reidentified', 'reentries'}  # the test above
    numbers |= {'ap', 'ap_50', 'ap_75'}  # of suites of pictures
    lowered = set().union(*TABLE.values())
    assert {item.name for item in fields(Metrics)} - lowered - numbers == {'idle_jf'}
