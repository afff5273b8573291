"""Masks land on the right source pixels."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from efficientsam3_ros.tracking import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import RawDetections
from efficientsam3_ros.tracking.detection.postprocess import select

LOW = (30, 40)
CONFIG = TrackerConfig(presence_gate=1.0)


def raw_of(logits: np.ndarray, box: tuple[float, ...], score: float = 0.9) -> RawDetections:
    return RawDetections(
        scores=np.array([[score]], np.float32),
        presence=np.ones(1, np.float32),
        boxes=np.array([[box]], np.float32),
        mask_logits=logits[None, None].astype(np.float32),
        embeddings=np.array([[[3.0, 4.0]]], np.float32),
    )


def blob(cx: float = 18.3, cy: float = 12.7, radius: float = 6.2) -> np.ndarray:
    """Return logits of a disc with a soft edge."""
    rows, columns = np.mgrid[0 : LOW[0], 0 : LOW[1]]
    return radius - np.hypot(columns - cx, rows - cy)


@pytest.mark.parametrize('size', [(240, 320), (480, 640), (97, 211), (30, 40), (20, 30)])
def test_the_mask_equals_a_whole_image_resize(size):
    config = replace(CONFIG, box_margin=10, min_area_px=1)
    (found,) = select(raw_of(blob(), (0.5, 0.5, 1, 1)), ['mug'], [0.5], size, config)
    whole = cv2.resize(blob(), size[::-1], interpolation=cv2.INTER_LINEAR) > 0
    # Interpolation weights are rounded, so single pixels of the edge may differ.
    assert np.count_nonzero(found.region.mask() != whole) <= 0.01 * np.count_nonzero(whole)


def test_a_single_sure_pixel_spreads_as_far_as_interpolation_carries_it():
    logits = np.full(LOW, -1.0)
    logits[12, 20] = 100
    config = replace(CONFIG, box_margin=10)
    (found,) = select(raw_of(logits, (0.5, 0.5, 1, 1)), ['mug'], [0.5], (300, 400), config)
    whole = cv2.resize(logits, (400, 300), interpolation=cv2.INTER_LINEAR) > 0
    rows, columns = np.flatnonzero(whole.any(1)), np.flatnonzero(whole.any(0))
    assert found.region.box == (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def test_what_lies_far_outside_the_box_is_cut_off():
    logits = np.maximum(blob(10, 10, 4), blob(34, 24, 3))
    box = (10.5 / 40, 10.5 / 30, 8 / 40, 8 / 30)
    (found,) = select(raw_of(logits, box), ['mug'], [0.5], (300, 400), CONFIG)
    x0, y0, x1, y1 = found.region.box
    assert 60 < x0 < x1 < 150
    assert 60 < y0 < y1 < 150


def test_a_stricter_mask_threshold_gives_a_smaller_mask():
    areas = []
    for threshold in (0.2, 0.5, 0.9):
        config = replace(CONFIG, mask_threshold=threshold)
        (found,) = select(raw_of(blob(), (0.5, 0.5, 1, 1)), ['mug'], [0.5], (90, 120), config)
        areas.append(found.region.area)
    assert areas[0] > areas[1] > areas[2]


def test_a_sharp_mask_has_a_better_quality_than_a_vague_one():
    def quality(logits: np.ndarray) -> float:
        raw = raw_of(logits, (0.5, 0.5, 1, 1))
        (found,) = select(raw, ['mug'], [0.5], (90, 120), CONFIG)
        return found.quality

    assert 0 < quality(blob() * 0.5) < quality(blob()) < quality(blob() * 20) <= 1


def test_embeddings_have_unit_length():
    raw = raw_of(blob(), (0.5, 0.5, 1, 1))
    (found,) = select(raw, ['mug'], [0.5], (90, 120), CONFIG)
    np.testing.assert_allclose(found.embedding, [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize(
    ('score', 'box', 'sign'),
    [
        (np.nan, (0.5, 0.5, 1, 1), 1),
        (0.4, (0.5, 0.5, 1, 1), 1),
        (0.9, (np.nan, 0.5, 1, 1), 1),
        (0.9, (5.0, 5.0, 0.1, 0.1), 1),
        (0.9, (0.5, 0.5, 1, 1), np.nan),
        (0.9, (0.5, 0.5, 1, 1), -1),
    ],
)
def test_what_the_network_cannot_mean_is_left_out(score, box, sign):
    raw = raw_of(sign * np.abs(blob()), box, score)
    assert select(raw, ['mug'], [0.5], (90, 120), CONFIG) == []
