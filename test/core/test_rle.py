"""Run lengths survive the trip and damaged ones are refused."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import Rle


def test_the_runs_are_row_major_inside_the_region_and_start_with_background():
    mask = np.zeros((4, 7), bool)
    mask[1, 3:5] = True
    mask[2, 4] = True
    rle = Rle.encode(mask)
    assert (rle.height, rle.width) == (4, 7)
    assert (rle.x, rle.y, rle.roi_width, rle.roi_height) == (3, 1, 2, 2)
    # Region rows: 11 / 01, so no background first, 2 on, 1 off, 1 on.
    assert rle.counts.tolist() == [0, 2, 1, 1]
    assert rle.area == 3
    assert rle.box_xyxy == (3, 1, 5, 3)


@pytest.mark.parametrize('shape', [(1, 1), (1, 9), (9, 1), (5, 11), (33, 17)])
def test_masks_of_any_shape_come_back_unchanged(shape):
    random = np.random.default_rng(7)
    for density in (0.05, 0.5, 0.95):
        mask = random.random(shape) < density
        assert np.array_equal(Rle.encode(mask).decode(), mask)


def test_full_and_empty_masks():
    assert np.array_equal(Rle.encode(np.ones((3, 5), bool)).decode(), np.ones((3, 5), bool))
    empty = Rle.encode(np.zeros((3, 5), bool))
    assert empty.area == 0
    assert empty.counts.size == 0
    assert np.array_equal(empty.decode(), np.zeros((3, 5), bool))


def test_any_non_zero_value_is_foreground():
    mask = np.array([[0, 255, 3]], np.uint8)
    assert Rle.encode(mask).decode().tolist() == [[False, True, True]]


@pytest.mark.parametrize('counts', [[0, 3], [0, 5], [4, 1], []])
def test_runs_that_do_not_fill_the_region_are_refused(counts):
    with pytest.raises(ValueError, match='truncated or damaged'):
        Rle(4, 4, 0, 0, 2, 2, np.array(counts, np.uint32))


def test_runs_cannot_pass_by_overflowing():
    with pytest.raises(ValueError, match='truncated or damaged'):
        Rle(4, 4, 0, 0, 2, 2, np.array([2**32 - 1, 5], np.uint32))


@pytest.mark.parametrize('region', [(3, 0, 2, 2), (0, 3, 2, 2), (-1, 0, 2, 2)])
def test_a_region_outside_the_image_is_refused(region):
    x, y, height, width = region
    with pytest.raises(ValueError, match='leaves the'):
        Rle(4, 4, x, y, height, width, np.array([4], np.uint32))


def test_only_two_dimensional_masks_are_encoded():
    with pytest.raises(ValueError, match='two dimensions'):
        Rle.encode(np.zeros((2, 2, 1), bool))


def test_masks_compare_by_their_pixels():
    mask = np.zeros((6, 8), bool)
    mask[1:4, 2:5] = True
    other = mask.copy()
    other[2, 3] = False
    assert Rle.encode(mask) == Rle.encode(mask.copy())
    assert Rle.encode(mask) != Rle.encode(other), 'same region, other runs'
    assert len({Rle.encode(mask), Rle.encode(mask.copy())}) == 1
