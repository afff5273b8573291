"""COCO run lengths agree with pycocotools' strings and with their pixels."""

import numpy as np
import pytest

from efficientsam3_ros.core import Rle
from efficientsam3_ros.core.coco_rle import decode_counts, encode_counts, from_coco, to_coco


def block(height: int, width: int, y: int, x: int, h: int, w: int) -> np.ndarray:
    mask = np.zeros((height, width), bool)
    mask[y : y + h, x : x + w] = True
    return mask


# Strings measured with pycocotools 2.0.11.
GOLDEN = [
    (block(4, 5, 1, 1, 2, 3), '5220003'),
    (block(64, 64, 10, 10, 20, 20), r'Zd0d0\10000000000000000000000000000000000000fS2'),
    (block(64, 64, 0, 0, 0, 0), 'PP4'),
    (block(1280, 720, 0, 0, 0, 0), 'PPTl0'),
    (block(848, 480, 0, 0, 0, 0), 'P`]<'),
]


@pytest.mark.parametrize(('mask', 'text'), GOLDEN)
def test_golden_strings(mask, text):
    assert to_coco(Rle.encode(mask)) == {'size': list(mask.shape), 'counts': text}
    assert from_coco({'size': list(mask.shape), 'counts': text}) == Rle.encode(mask)
    assert from_coco({'size': list(mask.shape), 'counts': text.encode()}) == Rle.encode(mask)


@pytest.mark.parametrize('seed', range(5))
def test_masks_that_are_not_square_come_back(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((37, 91)) > rng.random()
    coded = to_coco(Rle.encode(mask))
    assert np.array_equal(from_coco(coded).decode(), mask)
    assert np.array_equal(
        from_coco({'size': [37, 91], 'counts': decode_counts(coded['counts'])}).decode(), mask
    )


def test_agrees_with_pycocotools():
    coco = pytest.importorskip('pycocotools.mask')
    mask = np.random.default_rng(0).random((23, 61)) > 0.6
    theirs = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert to_coco(Rle.encode(mask))['counts'] == theirs['counts'].decode()
    assert np.array_equal(from_coco(theirs).decode(), mask)


def test_large_runs_survive_the_packing():
    counts = [0, 1_000_000, 3, 7, 2_000_000, 1, 1, 5]
    assert decode_counts(encode_counts(counts)) == counts


def test_polygon_is_drawn():
    mask = from_coco([[2, 1, 6, 1, 6, 4, 2, 4]], (8, 12)).decode()
    assert np.array_equal(mask, block(8, 12, 1, 2, 4, 5))


@pytest.mark.parametrize(
    ('segmentation', 'size', 'message'),
    [
        ({'size': [4, 5], 'counts': '522000'}, None, 'add up to'),
        ({'size': [4, 5], 'counts': '5220 03'}, None, 'does not occur'),
        ({'size': [4, 5], 'counts': 'PPT'}, None, 'within a number'),
        ({'size': [4, 5], 'counts': '5220003'}, (5, 4), 'belongs to no 4x5 image'),
        ({'counts': '5'}, None, 'size'),
        ([[1, 2, 3]], (4, 5), 'flat list'),
        ([[1, 2, 3, 4]], None, 'height and width'),
    ],
)
def test_damage_is_refused(segmentation, size, message):
    with pytest.raises(ValueError, match=message):
        from_coco(segmentation, size)
