"""Charts over time: gaps stay gaps, short failures stay visible."""

from __future__ import annotations

from dataclasses import replace
import math

from evaluation_examples import example_results
import numpy as np
import pytest

from efficientsam3_ros.evaluation.report.curves import lowest_of, time_charts


def charts(truth='concepts', **curves):
    result = example_results(1, frames=150, truth=truth).sequences['table-00']
    return time_charts(replace(result, per_frame=replace(result.per_frame, **curves)))


def test_thinning_keeps_the_lowest_of_each_stretch_and_the_order():
    y = np.full(10_000, 50.0)
    y[4321] = 1.0
    kept = lowest_of(y, 100)
    assert len(kept) == 100
    assert 4321 in kept
    assert list(kept) == sorted(kept)


def test_thinning_prefers_values_to_gaps():
    kept = lowest_of(np.array([math.nan, 2.0, math.nan, math.nan]), 2)
    assert list(kept) == [1, 2]


def test_a_gap_is_not_bridged_and_a_lone_value_is_a_dot():
    jf = [0.5] * 150
    jf[10] = jf[12] = math.nan
    layers = [layer for layer in charts(jf=tuple(jf))[0].layers if 'J&F' in layer.legend]
    line, dots = layers
    assert math.isnan(line.data['y'][10])
    assert (line.glyph, line.data['frame'][11]) == ('line', 11)
    assert (dots.glyph, dots.data['x'], dots.data['y']) == (
        'scatter',
        [line.data['x'][11]],
        [50.0],
    )


def test_id_switches_and_dropped_frames_are_marked():
    processed = [True] * 150
    processed[20] = processed[21] = processed[40] = False
    chart = charts(processed=tuple(processed))[0]
    layers = {layer.legend: layer.data for layer in chart.layers}
    assert len(layers['frame dropped']['left']) == 2, 'neighbours are one stripe'
    first, last = layers['frame dropped']['left'][0], layers['frame dropped']['right'][0]
    assert last - first == pytest.approx(2 / 15, abs=0.02)
    assert layers['id switch']['frame'] == [75]


def test_true_objects_lie_under_the_tracks():
    chart = charts()[1]
    assert [layer.legend for layer in chart.layers] == [
        'true objects in view',
        'instances with a mask',
    ]
    assert {layer.glyph for layer in chart.layers} == {'step'}


def test_all_charts_share_one_time_axis():
    made = charts()
    assert [chart.title for chart in made] == [
        'Mask quality over time', 'Number of objects', 'Track timelines',
    ]  # fmt: skip
    assert len({chart.x for chart in made}) == 1
    assert all(chart.linked for chart in made)


def test_without_truth_there_is_no_quality():
    made = charts(truth='none')
    assert [chart.title for chart in made] == ['Number of objects', 'Track timelines']
    assert len(made[0].layers) == 1


def test_without_frames_there_is_nothing():
    assert charts(stamp_ns=(), jf=()) == []
