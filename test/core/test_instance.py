"""The label image's overlap rule."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState


def instance(track_id: int, label: int, score: float, columns: slice) -> Instance:
    mask = np.zeros((2, 6), bool)
    mask[:, columns] = True
    return Instance(track_id, label, 'mug', score, Rle.encode(mask), TrackState.TRACKED)


def result(*instances: Instance) -> FrameResult:
    return FrameResult(5, 'camera', 2, 6, 1, instances)


def test_the_higher_score_owns_the_pixel_and_the_run_lengths_keep_both():
    low, high = instance(1, 11, 0.6, slice(0, 4)), instance(2, 65534, 0.9, slice(2, 6))
    frame = result(low, high)
    assert frame.label_image().dtype == np.uint16
    assert frame.label_image()[0].tolist() == [11, 11, 65534, 65534, 65534, 65534]
    assert low.area == 8


def test_of_equal_scores_the_older_track_owns_the_pixel():
    frame = result(instance(7, 1, 0.5, slice(0, 4)), instance(9, 2, 0.5, slice(2, 6)))
    assert frame.label_image()[1].tolist() == [1, 1, 1, 1, 2, 2]


def test_a_hidden_object_leaves_no_pixel():
    hidden = Instance(1, 3, 'mug', 0.9, Rle.empty(2, 6), TrackState.OCCLUDED)
    assert not result(hidden).label_image().any()
