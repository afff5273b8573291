"""Answers about pixels of which the truth says nothing are not scored."""

from __future__ import annotations

import numpy as np
import pytest

from efficientsam3_ros.core import FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.evaluation.scoring.unlabeled import left_out, without_unlabeled

SILENT = Rle.encode(np.arange(20)[None] >= np.full((20, 1), 10))


def answer(number: int, x: int) -> Instance:
    mask = np.zeros((20, 20), bool)
    mask[4:8, x : x + 4] = True
    return Instance(number, number, 'mug', 1.0, Rle.encode(mask), TrackState.TRACKED)


def test_more_than_half_of_a_mask_decides():
    hidden = Instance(5, 5, 'mug', 1.0, Rle.empty(20, 20), TrackState.OCCLUDED)
    items = (answer(1, 0), answer(2, 8), answer(3, 9), answer(4, 14), hidden)
    before = (FrameResult(0, 'camera', 20, 20, 1, items), None)
    after = without_unlabeled(before, (SILENT, SILENT))
    assert after[0] is not None
    assert [item.track_id for item in after[0].instances] == [1, 2, 5]
    assert after[1] is None
    assert left_out(before, after) == 2
    nothing = Rle.empty(20, 20)
    assert without_unlabeled(before, (nothing, nothing)) == before


def test_pictures_of_another_size_or_number_are_refused():
    result = FrameResult(0, 'camera', 20, 30, 1)
    with pytest.raises(ValueError, match='30x20'):
        without_unlabeled((result,), (SILENT,))
    with pytest.raises(ValueError, match='argument'):
        without_unlabeled((result, result), (Rle.empty(20, 30),))
