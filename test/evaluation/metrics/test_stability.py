"""Figures without labels see unrest, and do not take motion for it."""

import math

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.stability import FLICKER_FRAMES, StabilityCounts


def box(x: int, y: int = 10, width: int = 20) -> Rle:
    mask = np.zeros((48, 120), bool)
    mask[y : y + 20, x : x + width] = True
    return Rle.encode(mask)


def frames(*seen: int, track: int = 7):
    return [{track: box(10)} if number else {} for number in seen]


def test_fast_motion_is_no_inconsistency():
    counts = StabilityCounts.of([{7: box(5 + 15 * t, 5 + t)} for t in range(6)])
    assert (counts.pairs, counts.temporal_iou) == (5, 1.0)


def test_change_of_shape_is_one():
    counts = StabilityCounts.of([{7: box(10)}, {7: box(10, width=10)}])
    assert counts.temporal_iou == pytest.approx(0.5)


def test_masks_cut_off_by_the_border_are_not_compared():
    counts = StabilityCounts.of([{7: box(100)}, {7: box(110, width=10)}])
    assert counts.pairs == 0
    assert math.isnan(counts.temporal_iou)


def test_short_gap_is_a_flicker_and_a_long_one_an_occlusion():
    assert StabilityCounts.of(frames(1, 0, 1, 1, 0, 0, 1)).flickers == 2
    assert StabilityCounts.of(frames(1, *[0] * FLICKER_FRAMES, 1)).flickers == 1
    assert StabilityCounts.of(frames(1, *[0] * (FLICKER_FRAMES + 1), 1)).flickers == 0
    assert StabilityCounts.of(frames(0, 1, 1, 0)).flickers == 0


def test_new_ids_for_the_same_object_are_churn():
    changed = StabilityCounts.of([{track: box(10)} for track in (1, 1, 2, 3)])
    assert changed.id_churn == pytest.approx(2 / 3)
    steady = StabilityCounts.of([{1: box(10), 2: box(50)}] * 3)
    assert steady.id_churn == 0.0


def test_coverage_counts_answered_frames_only():
    counts = StabilityCounts.of([*frames(1, 0, 1), None])
    assert (counts.asked, counts.coverage) == (3, pytest.approx(2 / 3))
    assert math.isnan(StabilityCounts().coverage)


def test_frame_without_answer_does_not_interrupt():
    counts = StabilityCounts.of([{7: box(10)}, None, {7: box(12)}])
    assert (counts.flickers, counts.pairs, counts.temporal_iou) == (0, 1, 1.0)
