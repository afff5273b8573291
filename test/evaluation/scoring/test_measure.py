"""One pass over a sequence gives every count, and rows that agree with them."""

from __future__ import annotations

from dataclasses import replace
import math

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.datasets.sequence import TruthKind
from efficientsam3_ros.evaluation.scoring.measure import measure
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts


def square(x: int, y: int = 10) -> Rle:
    mask = np.zeros((64, 64), bool)
    mask[y : y + 20, x : x + 20] = True
    return Rle.encode(mask)


def frame(t: int, *items: tuple) -> FrameResult:
    """Return a result of (id, concept, x[, score]) items."""
    instances = []
    for number, concept, x, *score in items:
        value = score[0] if score else 1.0
        instances.append(Instance(number, number, concept, value, square(x), TrackState.TRACKED))
    return FrameResult(t, 'camera', 64, 64, 1, tuple(instances))


TRUTH = [frame(t, (1, 'mug', 10), (2, 'bowl', 40)) for t in range(4)]
FOUND = [
    frame(0, (7, 'mug', 10), (8, 'bowl', 40)),
    frame(1, (7, 'mug', 12), (8, 'bowl', 40)),
    frame(2, (9, 'mug', 10), (6, 'fork', 0)),
    frame(3, (7, 'mug', 10), (8, 'bowl', 40)),
]
ALL = ('mug', 'bowl', 'fork')


def figures(*arguments, **settings) -> Metrics:
    return Metrics.of(measure(*arguments, **settings).counts)


def test_rows_tell_what_happened_in_each_frame():
    rows = measure(TRUTH, FOUND, ALL).rows
    mug = [(row.objects[0].track_id, row.objects[0].switched) for row in rows]
    assert mug == [(7, False), (7, False), (9, True), (7, True)]
    assert [row.objects[1].track_id for row in rows] == [8, 8, 0, 8]
    assert [row.false for row in rows] == [(), (), (('fork', 6),), ()]
    assert [row.visible for row in rows] == [2] * 4
    # The mug's track over the clip is 7, so frame 2 has neither of both objects.
    assert [row.jf for row in rows] == pytest.approx([1.0, rows[1].jf, 0.0, 1.0])
    assert rows[1].objects[0].j == pytest.approx(360 / 440)


def test_rows_agree_with_the_counts():
    measured = measure(TRUTH, FOUND, ALL)
    objects = [item for row in measured.rows for item in row.objects]
    identity = measured.counts.identity
    assert identity.switches == sum(item.switched for item in objects) == 2
    assert identity.matches == sum(item.track_id > 0 for item in objects) == 7
    assert identity.false_positives == sum(len(row.false) for row in measured.rows) == 1


def test_a_new_id_costs_the_frames_of_the_shorter_track():
    truth = [frame(t, (1, 'mug', 10)) for t in range(4)]
    renamed = [frame(t, (7 + t // 3, 'mug', 10)) for t in range(4)]
    found = figures(truth, renamed, ('mug',))
    assert (found.jf, found.id_switches, found.tracks) == (0.75, 1, 2)


def test_hidden_tracks_do_not_help_and_what_an_empty_answer_would_get_is_told():
    truth = [frame(0, (1, 'mug', 10)), *(frame(t) for t in range(1, 4))]
    hidden = Instance(7, 7, 'mug', 1.0, Rle.empty(64, 64), TrackState.OCCLUDED)
    found = figures(truth, [replace(item, instances=(hidden,)) for item in truth], ('mug',))
    assert (found.jf, found.idle_jf, found.misses, found.tracks) == (0.75, 0.75, 1, 0)
    ghost = figures(truth, [frame(t, (7, 'mug', 10)) for t in range(4)], ('mug',))
    assert (ghost.jf, ghost.idle_jf) == (0.25, 0.75)


def test_total_is_the_sum_of_the_concepts():
    measured = measure(TRUTH, FOUND, ALL)
    parts = sum(measured.by_concept.values(), SequenceCounts())
    frames = {'frames': 4, 'annotated': 4}
    assert replace(parts, **frames).vector().tolist() == measured.counts.vector().tolist()
    assert Metrics.of(measured.by_concept['bowl']).frames == 4


def test_total_of_sequences_is_not_a_mean_of_scores():
    short, long_ = measure(TRUTH[:1], FOUND[:1], ALL), measure(TRUTH, FOUND, ALL)
    total = Metrics.of(short.counts + long_.counts)
    assert total.misses == 1
    assert total.mota == pytest.approx(1 - (2 + 1 + 1) / 10)


def test_unannotated_frames_are_scored_by_nothing_but_the_label_free_figures():
    truth = [TRUTH[0], None, None, TRUTH[3]]
    measured = measure(truth, FOUND, ALL)
    found = Metrics.of(measured.counts)
    assert (found.id_switches, found.misses, found.annotated_frames) == (0, 0, 2)
    assert found.frames == 4
    assert found.coverage == pytest.approx((4 + 3 + 1) / 12)
    assert [row.annotated for row in measured.rows] == [True, False, False, True]
    assert [row.visible for row in measured.rows] == [2] * 4
    assert math.isnan(measured.rows[1].jf)


def test_missing_answer_is_scored_as_empty_and_counted():
    found = figures(TRUTH, [None, *FOUND[1:]], ALL)
    assert (found.unanswered_frames, found.misses) == (1, 3)


def test_without_truth_there_are_only_label_free_figures():
    nothing = measure([None] * 4, FOUND, ALL, kind=TruthKind.NONE)
    found = Metrics.of(nothing.counts)
    for name in ('cgf1', 'pmf1', 'video_cgf1', 'hota', 'jf', 'miou', 'mota', 'absent_accuracy'):
        assert math.isnan(getattr(found, name)), name
    assert found.temporal_iou == 1.0
    # Two of the mug's ids where one was needed, beside one bowl and one fork.
    assert (found.tracks, found.id_churn) == (4, 0.25)
    assert nothing.rows[0].objects == ()
    # Truth that was promised to be none is not looked at.
    assert Metrics.of(measure(TRUTH, FOUND, ALL, kind=TruthKind.NONE).counts).annotated_frames == 0


def test_objects_without_words_are_pooled_and_lose_both_ends():
    truth = [frame(t, (1, 'object 1', 10), (2, 'object 2', 40)) for t in range(4)]
    found = [frame(t, (7, 'mug', 10), (8, 'thing', 40 if 0 < t < 3 else 0)) for t in range(4)]
    measured = measure(truth, found, (), kind=TruthKind.OBJECTS)
    scores = Metrics.of(measured.counts)
    assert (scores.jf, scores.objects) == (1.0, 2)
    assert scores.hota < 1
    assert math.isnan(scores.cgf1)
    assert math.isnan(scores.absent_accuracy)


def test_objects_shown_by_boxes_answer_for_themselves_only():
    truth = [frame(t, (1, 'object 1', 10), (2, 'object 2', 40)) for t in range(4)]
    swapped = [frame(t, (7, 'object 2', 10), (8, 'object 1', 40)) for t in range(4)]
    names = ('object 1', 'object 2')
    assert figures(truth, truth, names, kind=TruthKind.OBJECTS).jf == 1.0
    assert figures(truth, swapped, names, kind=TruthKind.OBJECTS).jf == 0.0


def test_concept_that_is_not_asked_for_is_ignored():
    alone = figures(TRUTH, FOUND, ('mug',))
    assert (alone.false_positives, alone.objects) == (0, 1)


def test_what_the_truth_never_shows_is_absent_and_the_rest_out_of_view():
    truth = [frame(0, (1, 'mug', 10)), frame(1)]
    presence = measure(truth, truth, ('mug', 'bowl')).counts.presence
    assert (presence.absent, presence.out_of_view, presence.present) == (2, 1, 1)


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match='4 true frames but 3 results'):
        measure(TRUTH, FOUND[:3], ALL)
    with pytest.raises(ValueError, match='Frame 1 has stamp 1 in the truth and 2'):
        measure(TRUTH[:2], [FOUND[0], FOUND[2]], ALL)
    small = FrameResult(0, 'camera', 32, 64, 1)
    with pytest.raises(ValueError, match='64x64 in the truth and 64x32'):
        measure(TRUTH[:1], [small], ALL)


def test_edge_cases_of_an_all_negative_and_an_unanswered_set():
    none = [frame(t) for t in range(3)]
    silent = figures(none, none, ALL)
    assert silent.absent_accuracy == 1.0
    assert math.isnan(silent.cgf1)
    assert math.isnan(silent.jf)
    unanswered = figures(TRUTH, [frame(t) for t in range(4)], ALL)
    assert (unanswered.pmf1, unanswered.hota, unanswered.mota, unanswered.jf) == (0, 0, 0, 0)
    assert figures([], [], ALL).frames == 0
