"""IoU from regions of interest equals IoU of whole masks."""

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.mask_iou import iou_matrix, shifted_iou


def test_equals_iou_of_whole_masks():
    rng = np.random.default_rng(4)
    masks = [np.kron(rng.random((6, 8)) > 0.7, np.ones((5, 7), bool)) for _ in range(7)]
    masks.append(np.zeros((30, 56), bool))
    table = iou_matrix([Rle.encode(m) for m in masks[:4]], [Rle.encode(m) for m in masks[3:]])
    for i, a in enumerate(masks[:4]):
        for j, b in enumerate(masks[3:]):
            assert table[i, j] == (a & b).sum() / max((a | b).sum(), 1)


def test_empty_lists_keep_their_shape():
    assert iou_matrix([], [Rle.empty(4, 4)]).shape == (0, 1)


def test_shifted_mask_may_leave_the_image():
    mask = np.zeros((20, 30), bool)
    mask[5:15, 10:20] = True
    box = Rle.encode(mask)
    assert shifted_iou(box, box) == 1.0
    assert shifted_iou(box, box, (5, 0)) == 50 / 150
    assert shifted_iou(box, box, (0, -100)) == 0.0
    assert shifted_iou(Rle.encode(np.roll(mask, 7, axis=1)), box, (-7, 0)) == 1.0
