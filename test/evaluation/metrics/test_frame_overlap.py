"""A frame's masks are compared once."""

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.evaluation.metrics.frame_overlap import FrameOverlap


def strip(x0: int, x1: int) -> Rle:
    mask = np.zeros((4, 20), bool)
    mask[:, x0:x1] = True
    return Rle.encode(mask)


FRAME = FrameOverlap.of({1: strip(0, 10), 2: strip(12, 20)}, {7: strip(5, 15), 8: strip(0, 10)})


def test_iou_of_every_pair():
    assert FRAME.iou.tolist() == [[5 / 15, 1.0], [3 / 15, 0.0]]


def test_empty_masks_are_left_out():
    frame = FrameOverlap.of({1: strip(3, 3)}, {7: strip(0, 5), 8: strip(6, 6)})
    assert (frame.objects, frame.tracks, frame.iou.shape) == ((), (7,), (0, 1))
