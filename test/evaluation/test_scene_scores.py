"""One clip through detector and tracker, with an engine that sees colours."""

import numpy as np
import pytest
from scripted_engine import ColorEngine, painted_frame

from efficientsam3_ros.evaluation.clip import Clip
from efficientsam3_ros.evaluation.frame_scores import Datapoint, best_threshold
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.old_suite_table import (
    HEADER,
    Metrics,
    intervals,
    markdown,
    scene_rows,
)
from efficientsam3_ros.evaluation.scene_scores import score_scene

FRAMES = 6


@pytest.fixture
def clip() -> Clip:
    """Return a red box which leaves after four frames, and a blue one that stays."""
    images, ids = [], np.zeros((FRAMES, 48, 64), np.uint16)
    for i in range(FRAMES):
        boxes = {'blue': (40, 30, 10, 10)}
        ids[i, 30:40, 40:50] = 2
        if i < 4:
            boxes['red'] = (4 + 2 * i, 6, 12, 10)
            ids[i, 6:16, 4 + 2 * i : 16 + 2 * i] = 1
        images.append(painted_frame(boxes).rgb)
    phrases = {1: frozenset({'red block', 'block'}), 2: frozenset({'blue block', 'block'})}
    stamps = np.arange(FRAMES) * 10**8
    concepts = ('red block', 'green block')
    return Clip('painted', np.stack(images), ids, stamps, phrases, concepts)


def test_perfect_detector_scores_perfectly(clip):
    scores = score_scene(clip, ColorEngine())
    assert scores.absent == ('green block',)
    assert len(scores.datapoints) == 2 * FRAMES
    figures = Metrics.of([scores], 0.5)
    assert figures.detector.cgf1 == pytest.approx(1.0, abs=1e-3)
    assert figures.presence.absent_accuracy == 1.0
    assert figures.presence.out_of_view == 2
    assert figures.jf == 1.0
    assert (figures.objects, figures.identity.switches) == (1, 0)


def test_threshold_above_all_scores_finds_nothing(clip):
    figures = Metrics.of([score_scene(clip, ColorEngine())], 0.95)
    assert figures.detector.cgf1 == 0.0
    assert figures.presence.present_accuracy == 0.0


def test_best_threshold_separates_right_from_wrong():
    right = Datapoint('a', True, np.array([0.62, 0.31]), np.array([[0.97], [0.1]]))
    wrong = Datapoint('b', False, np.array([0.44]), np.zeros((1, 0)))
    best = best_threshold([right, wrong, right])
    assert 0.44 < best.threshold <= 0.62
    assert best.cgf1 == pytest.approx(1.0, abs=1e-3) and best.absent == 1
    assert wrong.counts(0.3).il_fp == 1
    assert wrong.counts(0.5).il_tn == 1


def test_best_threshold_may_have_to_leave_absent_concepts_empty():
    right = Datapoint('a', True, np.array([0.5]), np.array([[0.97]]))
    missed = Datapoint('b', False, np.array([0.7]), np.zeros((1, 0)))
    empty = Datapoint('b', False, np.zeros(0), np.zeros((0, 0)))
    points = [right] * 4 + [empty] * 4 + [missed]
    assert best_threshold(points).threshold <= 0.5
    strict = best_threshold(points, min_absent=0.9)
    assert strict.threshold > 0.7 and strict.absent == 1


def test_report_has_a_row_a_scene_and_the_total(clip):
    scenes = [score_scene(clip, ColorEngine())] * 2
    rows = scene_rows(scenes, 0.5)
    assert len(rows) == 3
    assert all(len(row) == len(HEADER) for row in rows)
    assert 'red block, (green block)' in markdown('Title', ['note'], rows)
    assert intervals(scenes, 0.5)['jf'] == (1.0, 1.0)


def test_counts_at_a_threshold_equal_counts_of_the_kept_detections():
    point = Datapoint('a', True, np.array([0.9, 0.5, 0.2]), np.array([[0.2], [0.9], [0.6]]))
    kept = ConceptCounts.of_iou(point.iou[:2])
    assert point.counts(0.5).tp.tolist() == kept.tp.tolist()
    assert point.counts(0.5).predicted == 2
