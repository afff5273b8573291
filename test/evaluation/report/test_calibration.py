"""What a score is worth."""

from __future__ import annotations

import math

from efficientsam3_ros.evaluation.report.calibration import (
    calibration_charts,
    seen_objects,
    sum_scores,
)
from efficientsam3_ros.evaluation.sequence_result import PerFrame, ScoreHistogram


def scores(**counts):
    bins = {'true': [0] * 20, 'false': [0] * 20}
    for key, number in counts.items():
        kind, place = key.split('_')
        bins[kind][int(place)] = number
    return ScoreHistogram(tuple(bins['true']), tuple(bins['false']))


def test_precision_and_recall_follow_the_threshold():
    _, precision, curve = calibration_charts(scores(true_18=30, true_10=10, false_10=10), 50, 0.5)
    dots = curve.layers[-1].data
    points = dict(zip(dots['score'], zip(dots['y'], dots['x'])))
    assert points[0.9] == (100.0, 60.0)
    assert points[0.5] == (80.0, 80.0)
    shares = precision.layers[-1].data
    place = shares['x'].index(0.525)
    assert (shares['y'][place], shares['n'][place]) == (50.0, 20)


def test_bins_without_instances_are_gaps():
    chart = calibration_charts(scores(true_18=30), 50, 0.5)[1]
    assert math.isnan(chart.layers[-1].data['y'][3])


def test_the_histogram_stacks_false_on_true():
    true, false = calibration_charts(scores(true_10=10, false_10=4), 50, 0.5)[0].layers
    assert (true.data['top'][10], false.data['bottom'][10], false.data['top'][10]) == (10, 10, 14)
    assert (true.legend, false.legend) == ('on a true object', 'on no object')


def test_the_detection_threshold_is_marked():
    chart = calibration_charts(scores(true_18=30), 50, 0.45)[1]
    assert ({'x': [0.45]}, 'threshold 0.45') in [(item.data, item.legend) for item in chart.layers]


def test_no_curve_where_objects_are_fewer_than_hits():
    titles = [chart.title for chart in calibration_charts(scores(true_18=30), 10, 0.5)]
    assert 'Precision by score' in titles
    assert 'Precision over recall' not in titles


def test_nothing_without_instances():
    assert calibration_charts(ScoreHistogram(), 0, 0.5) == []


def test_dropped_frames_hold_no_objects_to_find():
    curves = PerFrame((0, 1, 2), (1.0, 1.0, 1.0), (1, 1, 1), (2, 3, None), (0, 0, 0),
                      (True, False, True))  # fmt: skip
    assert seen_objects(curves) == 2


def test_sums_skip_sequences_without_truth():
    total = sum_scores([scores(true_3=2), ScoreHistogram(), scores(true_3=1, false_3=4)])
    assert (total.true[3], total.false[3]) == (3, 4)
