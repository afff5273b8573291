"""Colours in appearance: they tell objects of one concept apart, and nothing else does harm."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.detection.color_histogram import chroma, colored
from efficientsam3_ros.tracking.detection.detector import Detection

MAROON, PLUM, GRAY = (110, 30, 60), (80, 40, 110), (120, 120, 120)
WHOLE = CroppedMask.trimmed(40, 60, 10, 10, np.ones((20, 30), bool))


def painted(color: tuple[int, int, int], background: tuple[int, int, int] = GRAY) -> np.ndarray:
    rgb = np.full((40, 60, 3), background, np.uint8)
    rgb[10:30, 10:40] = color
    return rgb


def detection(embedding: tuple[float, ...] = (1.0, 0.0)) -> Detection:
    values = np.array(embedding, np.float32)
    return Detection('plum', 0.9, WHOLE, (10, 10, 40, 30), values, 0.9)


def alike(first: np.ndarray, second: np.ndarray) -> float:
    return float(chroma(first, WHOLE) @ chroma(second, WHOLE))


def test_another_colour_looks_other_and_a_shadow_much_less():
    assert alike(painted(PLUM), painted(PLUM)) == pytest.approx(1)
    assert alike(painted(PLUM), painted(MAROON)) < 0.1
    darker = tuple(int(0.9 * value) for value in PLUM)
    assert alike(painted(PLUM), painted(darker)) > 0.5


def test_the_background_does_not_matter_even_where_it_shines_through_the_rim():
    blurred = painted(PLUM, background=MAROON)
    blurred[10:30, [10, 39]] = MAROON
    blurred[[10, 29], 10:40] = MAROON
    assert alike(painted(PLUM), blurred) == pytest.approx(1)


@pytest.mark.parametrize('bits', [np.ones((1, 1), bool), np.ones((2, 40), bool)])
def test_tiny_and_thin_masks_have_colours_too(bits):
    region = CroppedMask.trimmed(40, 60, 12, 12, bits)
    assert np.linalg.norm(chroma(painted(PLUM), region)) == pytest.approx(1)


@pytest.mark.parametrize('bits', [np.ones((300, 200), bool), np.eye(300, 300, 1, dtype=bool)])
def test_large_masks_are_not_missed_by_looking_at_some_pixels(bits):
    rgb = np.full((400, 400, 3), PLUM, np.uint8)
    found = chroma(rgb, CroppedMask.trimmed(400, 400, 50, 50, bits))
    assert found @ chroma(painted(PLUM), WHOLE) == pytest.approx(1)


def test_colours_beyond_the_divided_plane_count_at_its_border():
    assert np.linalg.norm(chroma(painted((255, 0, 0)), WHOLE)) == pytest.approx(1)


@pytest.mark.parametrize('weight', [0.0, 0.3, 1.0])
def test_likeness_is_the_weighted_mean_of_both_kinds(weight):
    first = colored(detection((1.0, 0.0)), painted(PLUM), weight)
    second = colored(detection((0.6, 0.8)), painted(PLUM), weight)
    assert np.linalg.norm(first.embedding) == pytest.approx(1)
    assert first.embedding @ second.embedding == pytest.approx(0.6 * (1 - weight) + weight)


def test_a_change_of_the_weight_meets_galleries_of_the_old_one():
    before = colored(detection(), painted(PLUM), 0.3)
    after = colored(detection(), painted(PLUM), 0.0)
    assert before.embedding.shape == after.embedding.shape
    assert 0.8 < before.embedding @ after.embedding < 1
