"""What a score is worth."""

from __future__ import annotations

import re

from efficientsam3_ros.evaluation.report.calibration import (
    calibration_charts,
    seen_objects,
    sum_scores,
)
from efficientsam3_ros.evaluation.results import PerFrame, ScoreHistogram


def scores(**counts):
    bins = {'true': [0] * 20, 'false': [0] * 20}
    for key, number in counts.items():
        kind, place = key.split('_')
        bins[kind][int(place)] = number
    return ScoreHistogram(tuple(bins['true']), tuple(bins['false']))


def test_precision_and_recall_follow_the_threshold():
    page = calibration_charts(scores(true_18=30, true_10=10, false_10=10), 50, 0.5)
    assert re.search(r'score ≥ 0.90: precision 100.0 %, recall 60.0 %', page)
    assert re.search(r'score ≥ 0.50: precision 80.0 %, recall 80.0 %', page)
    assert 'score 0.525: 50 % of 20 are true' in page


def test_no_curve_where_objects_are_fewer_than_hits():
    page = calibration_charts(scores(true_18=30), 10, 0.5)
    assert 'precision by score' in page
    assert 'recall' not in page


def test_nothing_without_instances():
    assert calibration_charts(ScoreHistogram(), 0, 0.5) == ''


def test_dropped_frames_hold_no_objects_to_find():
    curves = PerFrame((0, 1, 2), (1.0, 1.0, 1.0), (1, 1, 1), (2, 3, None), (0, 0, 0),
                      (True, False, True))  # fmt: skip
    assert seen_objects(curves) == 2


def test_sums_skip_sequences_without_truth():
    total = sum_scores([scores(true_3=2), ScoreHistogram(), scores(true_3=1, false_3=4)])
    assert (total.true[3], total.false[3]) == (3, 4)
