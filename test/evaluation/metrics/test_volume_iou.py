"""Space-time IoU of tracks, and the video cgF1 made of it."""

import numpy as np
import pytest

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap
from efficientsam3_ros.evaluation.metrics.volume_iou import VolumeIou


def square(x: int) -> Rle:
    mask = np.zeros((64, 64), bool)
    mask[10:30, x : x + 20] = True
    return Rle.encode(mask)


def volumes(*frames) -> VolumeIou:
    return VolumeIou.of([FrameOverlap.of(truth, tracks) for truth, tracks in frames])


def test_missing_side_adds_to_the_union():
    table = volumes(
        ({1: square(10)}, {7: square(10)}),
        ({1: square(10)}, {7: square(12)}),
        ({1: square(10)}, {}),
        ({}, {7: square(40)}),
    )
    assert table.iou == pytest.approx(np.array([[(400 + 360) / (400 + 440 + 400 + 400)]]))


def test_equals_iou_of_whole_volumes():
    rng = np.random.default_rng(0)
    masks = rng.random((2, 3, 6, 24, 24)) > 0.6
    clip = [
        FrameOverlap.of(
            {n: Rle.encode(masks[0, n, t]) for n in range(3)},
            {n: Rle.encode(masks[1, n, t]) for n in range(3)},
        )
        for t in range(6)
    ]
    table = VolumeIou.of(clip)
    for i in range(3):
        for j in range(3):
            a, b = masks[0, i], masks[1, j]
            assert table.iou[i, j] == pytest.approx((a & b).sum() / (a | b).sum())


def test_partners_are_one_for_one_and_share_pixels():
    table = volumes(({1: square(0), 2: square(20)}, {7: square(10), 8: square(44)}))
    assert table.partners() == {1: 7}


def test_video_cgf1_by_hand():
    # Three phrases: found with volume IoU 760/840, missed, and rightly not found. An empty track
    # is no answer.
    found = volumes(
        ({1: square(10)}, {7: square(10)}),
        ({1: square(10)}, {7: square(12), 8: Rle.empty(64, 64)}),
    )
    missed = volumes(({1: square(10)}, {}))
    nothing = volumes(({}, {8: Rle.empty(64, 64)}))
    counts = sum(
        (ConceptCounts.of_iou(item.iou.T) for item in (found, missed, nothing)), ConceptCounts()
    )
    assert (counts.il_tp, counts.il_fn, counts.il_tn, counts.il_fp) == (1, 1, 1, 0)
    assert counts.tp.tolist() == [1] * 9 + [0]
    score = counts.score()
    assert score.il_mcc == pytest.approx(0.5, abs=1e-6)
    # P = 1, R = 1/2 up to IoU .90, nothing at .95.
    assert score.pmf1 == pytest.approx(0.9 * 2 / 3, abs=1e-4)
    assert score.cgf1 == pytest.approx(0.3, abs=1e-4)
