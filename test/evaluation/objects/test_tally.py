"""Medians over objects beside their bars."""

from __future__ import annotations

import math

import pytest

pytest.importorskip('mujoco')

from efficientsam3_ros.evaluation.objects.measure import ObjectRow
from efficientsam3_ros.evaluation.objects.summary import (
    ImageCounts,
    SceneRow,
    results_data,
    results_text,
)
from efficientsam3_ros.evaluation.objects.tally import BARS, Tally


def row(seed: int, number: int, middle: float | None, box: float | None = 0.6, counts=True):
    iou = None if middle is None else 0.9
    return ObjectRow(seed, 0, number, 'red mug', 0.95, counts, iou, middle, None, box)


def test_images_of_an_object_are_one_value_and_hidden_ones_none():
    rows = [row(1, 1, 2.0), row(1, 1, 4.0), row(1, 1, 90.0, counts=False)]
    rows += [row(1, 2, 9.0), row(2, 1, 5.0), row(2, 2, None, None)]
    tally = Tally.of(rows, [1, 2])
    # 3 (the median of 2 and 4), 9 and 5.
    assert tally.medians['middle_mm'].value == 5
    assert (tally.unoccluded, tally.found, tally.medians['middle_mm'].objects) == (4, 3, 3)
    assert tally.medians['target_mm'].value is None
    low, high = tally.medians['middle_mm'].low, tally.medians['middle_mm'].high
    assert 3 <= low <= 5 <= high <= 9


def test_a_single_scene_has_no_interval():
    median = Tally.of([row(1, 1, 2.0)], [1]).medians['middle_mm']
    assert median.value == 2 and math.isnan(median.low)
    assert median.data()['interval'] is None


def test_bars_are_met_from_the_right_side():
    middle, box = BARS[False]
    assert middle.met(10) and not middle.met(10.1) and not middle.met(None)
    assert box.met(0.5) and not box.met(0.49)
    assert (BARS[True][0].limit, BARS[True][1].limit) == (15, 0.4)


def test_results_say_which_bars_are_met_under_which_camera():
    counts = ImageCounts(30, 15.0, 12, 8, 6, 4)
    good, bad = (row(1, 1, 3.0, 0.7),), (row(1, 1, 16.0, 0.45),)
    scenes = [SceneRow(1, False, counts, good), SceneRow(1, True, counts, bad)]
    data = results_data({'pack': 'clean'}, scenes)
    clean, noisy = data['summary']['without noise'], data['summary']['with noise']
    assert clean['bars']['middle_mm'] == {'bar': 'at most 10', 'met': True}
    assert clean['bars']['box_iou']['met']
    assert not noisy['bars']['middle_mm']['met'] and noisy['bars']['box_iou']['met']
    assert clean['images']['complete'] == 6
    text = results_text({'pack': 'clean'}, scenes)
    lines = [line.split('|') for line in text.splitlines()]
    cells = [[cell.strip() for cell in line] for line in lines]
    expected = ['with noise', 'centroid, mm off', '16.0', '1 of 1', 'at most 15', 'no']
    assert expected in [line[1:-1] for line in cells]
    assert any('75.0 %' in line for line in cells)
