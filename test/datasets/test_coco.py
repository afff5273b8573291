"""COCO run lengths and polygons are those of pycocotools, and damage is refused."""

import gc
import sys

from miniatures import to_coco
import numpy as np
import pytest

from efficientsam3_ros.core import Rle
from efficientsam3_ros.datasets.coco import from_coco
from efficientsam3_ros.datasets.coco import to_coco as written
from efficientsam3_ros.tracking.live.resident_memory import resident_bytes


def block(height: int, width: int, y: int, x: int, h: int, w: int) -> np.ndarray:
    mask = np.zeros((height, width), bool)
    mask[y : y + h, x : x + w] = True
    return mask


def run_lengths(mask: np.ndarray) -> list[int]:
    """Return the lengths of a mask's runs down its columns, background first."""
    flat = mask.T.reshape(-1)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff([0, *edges, flat.size]).tolist()
    return [0, *counts] if flat[0] else counts


# Strings measured with pycocotools 2.0.11.
GOLDEN = [
    (block(4, 5, 1, 1, 2, 3), '5220003'),
    (block(64, 64, 10, 10, 20, 20), r'Zd0d0\10000000000000000000000000000000000000fS2'),
    (block(64, 64, 0, 0, 0, 0), 'PP4'),
    (block(1280, 720, 0, 0, 0, 0), 'PPTl0'),
    (block(848, 480, 0, 0, 0, 0), 'P`]<'),
    (block(1, 1, 0, 0, 1, 1), '01'),
]


@pytest.mark.parametrize(('mask', 'text'), GOLDEN)
def test_golden_strings(mask, text):
    assert to_coco(mask) == {'size': list(mask.shape), 'counts': text}
    assert written(Rle.encode(mask)) == to_coco(mask)
    for counts in (text, text.encode(), run_lengths(mask)):
        assert from_coco({'size': list(mask.shape), 'counts': counts}) == Rle.encode(mask)


@pytest.mark.parametrize('seed', range(5))
def test_masks_that_are_not_square_come_back(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((37, 91)) > rng.random()
    assert np.array_equal(from_coco(to_coco(mask)).decode(), mask)
    coded = {'size': [37, 91], 'counts': run_lengths(mask)}
    assert np.array_equal(from_coco(coded, (37, 91)).decode(), mask)


def test_reading_many_masks_keeps_no_memory():
    coded = to_coco(block(1000, 1000, 100, 100, 500, 500))
    from_coco(coded)
    gc.collect()
    before = resident_bytes()
    for _ in range(100):
        from_coco(coded, (1000, 1000))
    gc.collect()
    # A million pixels each would stay if only one reading in four kept them.
    assert resident_bytes() - before < 25e6


def test_polygon_is_drawn_as_coco_draws_it():
    # Corners lie between pixels: from x = 2 to 6 are four columns.
    mask = from_coco([[2, 1, 6, 1, 6, 4, 2, 4]], (8, 12)).decode()
    assert np.array_equal(mask, block(8, 12, 1, 2, 3, 4))


def test_overlapping_polygons_are_one_mask_and_lines_have_no_area():
    square, inside = [0, 0, 6, 0, 6, 6, 0, 6], [2, 2, 4, 2, 4, 4, 2, 4]
    assert from_coco([square, inside, [1, 1, 9, 9]], (8, 12)).area == 36
    assert from_coco([], (8, 12)) == from_coco([[1, 2, 3, 4]], (8, 12)) == Rle.empty(8, 12)


@pytest.mark.parametrize(
    ('segmentation', 'size', 'message'),
    [
        ({'size': [4, 5], 'counts': '522000'}, None, 'do not fill the 5x4 image'),
        ({'size': [4, 5], 'counts': '52200033'}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': '5220 03'}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': 'PPT'}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': ''}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': None}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': [6, 2, 2, 2, 2]}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': [6, -2, 2, 2, 12]}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': [6, 'x']}, None, 'do not fill'),
        ({'size': [4, 5], 'counts': '5220003'}, (5, 4), 'belongs to no 4x5 image'),
        ({'counts': '5'}, None, 'size'),
        ([[1, 2, 3]], (4, 5), 'flat list'),
        ([['a', 1, 2, 3, 4, 5]], (4, 5), 'flat list'),
        ([[1, 2, 3, 4]], None, 'height and width'),
        ([[0, 0, 1e9, 0, 1e9, 1e9]], (4, 5), 'far beyond'),
        ([[0, 0, float('nan'), 0, 3, 3]], (4, 5), 'no number'),
    ],
)
def test_damage_is_refused(segmentation, size, message):
    with pytest.raises(ValueError, match=message):
        from_coco(segmentation, size)


def test_without_pycocotools_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'pycocotools', None)
    with pytest.raises(ImportError, match=r'\.\[eval\]'):
        from_coco({'size': [4, 5], 'counts': '5220003'})
