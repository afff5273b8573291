from __future__ import annotations

import math

from efficientsam3_ros.evaluation.scoring.measure import FrameRow, ObjectRow
from efficientsam3_ros.evaluation.scoring.reentry import (
    GONE_FRAMES,
    SETTLE_FRAMES,
    ReentryCounts,
    reentries,
)

GONE = None


def rows(*tracks: int | None) -> list[FrameRow]:
    """One object: the track on it in each frame, 0 for none, GONE while out of view."""
    return [FrameRow(True, 1, ()) if t is GONE else FrameRow(True, 1, (seen(t),)) for t in tracks]


def seen(track: int, number: int = 1) -> ObjectRow:
    return ObjectRow('mug', number, track, False, 1.0, 1.0)


def test_same_other_and_missed():
    away = [GONE] * GONE_FRAMES
    assert reentries(rows(3, *away, 0, 3)) == ReentryCounts(same=1)
    assert reentries(rows(3, *away, 0, 4, 3)) == ReentryCounts(other=1)
    assert reentries(rows(3, *away, *[0] * SETTLE_FRAMES, 3)) == ReentryCounts(missed=1)


def test_short_gap_is_no_return():
    assert reentries(rows(3, *[GONE] * (GONE_FRAMES - 1), 4)).total == 0


def test_nothing_to_give_back_where_nothing_followed():
    assert reentries(rows(0, *[GONE] * GONE_FRAMES, 4)).total == 0


def test_each_return_counts_against_the_track_before_it():
    away = [GONE] * GONE_FRAMES
    assert reentries(rows(3, *away, 4, *away, 4)) == ReentryCounts(same=1, other=1)


def test_objects_are_kept_apart():
    both = FrameRow(True, 2, (seen(1), seen(2, number=2)))
    none = FrameRow(True, 0, ())
    swapped = FrameRow(True, 2, (seen(2), seen(1, number=2)))
    counts = reentries([both, *[none] * GONE_FRAMES, swapped])
    assert counts == ReentryCounts(other=2)
    assert counts.rate == 0.0


def test_no_return_has_no_rate():
    assert math.isnan(ReentryCounts().rate)
