"""Cropped masks give the numbers that whole masks would give."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.tracking.cropped_mask import CroppedMask, iou_matrix

HEIGHT, WIDTH = 20, 30


def random_region(random: np.random.Generator) -> CroppedMask:
    h, w = random.integers(3, 10, 2)
    y, x = random.integers(0, HEIGHT - h), random.integers(0, WIDTH - w)
    return CroppedMask.trimmed(HEIGHT, WIDTH, int(x), int(y), random.random((h, w)) > 0.4)


def test_iou_equals_that_of_whole_masks():
    random = np.random.default_rng(2)
    regions = [random_region(random) for _ in range(12)]
    masks = np.array([region.mask().ravel() for region in regions], float)
    common = masks @ masks.T
    union = masks.sum(1)[:, None] + masks.sum(1)[None] - common
    np.testing.assert_allclose(iou_matrix(regions, regions), common / union)


def test_iou_with_an_empty_mask_is_zero():
    empty = CroppedMask.empty(HEIGHT, WIDTH)
    assert iou_matrix([empty], [empty]).tolist() == [[0]]
    assert iou_matrix([], [empty]).shape == (0, 1)


def test_area_centre_and_runs_are_those_of_the_mask():
    region = random_region(np.random.default_rng(4))
    rows, columns = np.nonzero(region.mask())
    assert region.area == rows.size
    assert region.center == pytest.approx((columns.mean(), rows.mean()))
    assert np.array_equal(region.rle().decode(), region.mask())


@pytest.mark.parametrize('shift', [(0, 0), (3, -2), (-9, 4), (14.4, 0.6), (-50, 0), (0, 50)])
def test_shifting_cuts_off_what_leaves_the_image(shift):
    region = random_region(np.random.default_rng(6))
    expected = np.zeros((HEIGHT, WIDTH), bool)
    rows, columns = np.nonzero(region.mask())
    rows, columns = rows + round(shift[1]), columns + round(shift[0])
    inside = (rows >= 0) & (rows < HEIGHT) & (columns >= 0) & (columns < WIDTH)
    expected[rows[inside], columns[inside]] = True
    moved = region.shifted(*shift)
    assert np.array_equal(moved.mask(), expected)
    assert np.array_equal(moved.rle().decode(), expected)


def test_resizing_scales_place_and_size():
    region = CroppedMask(HEIGHT, WIDTH, 6, 4, np.ones((8, 12), bool))
    assert region.resized(40, 90).box == (18, 8, 54, 24)
    assert region.resized(5, 10).box == (2, 1, 6, 3)
    tiny = CroppedMask(HEIGHT, WIDTH, 29, 19, np.ones((1, 1), bool)).resized(3, 3)
    assert tiny.box == (2, 2, 3, 3)


def test_without_takes_the_others_pixels_away():
    one = CroppedMask(HEIGHT, WIDTH, 2, 2, np.ones((6, 6), bool))
    other = CroppedMask(HEIGHT, WIDTH, 5, 2, np.ones((6, 6), bool))
    assert one.without(other).box == (2, 2, 5, 8)
    assert one.without(one).area == 0
