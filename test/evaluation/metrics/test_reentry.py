from __future__ import annotations

import math

from efficientsam3_ros.evaluation.metrics.reentry import (
    GONE_FRAMES,
    SETTLE_FRAMES,
    ReentryCounts,
)

GONE = None
AWAY = [GONE] * GONE_FRAMES


def returns(*tracks: int | None) -> ReentryCounts:
    """One object: the track on it in each frame, 0 for none, GONE while out of view."""
    return ReentryCounts.of({i: {} if t is GONE else {1: t} for i, t in enumerate(tracks)})


def test_same_other_and_missed():
    assert returns(3, *AWAY, 0, 3) == ReentryCounts(same=1)
    assert returns(3, *AWAY, 0, 4, 3) == ReentryCounts(other=1)
    assert returns(3, *AWAY, *[0] * SETTLE_FRAMES, 3) == ReentryCounts(missed=1)


def test_short_gap_is_no_return():
    assert returns(3, *[GONE] * (GONE_FRAMES - 1), 4).total == 0


def test_nothing_to_give_back_where_nothing_followed():
    assert returns(0, *AWAY, 4).total == 0


def test_each_return_counts_against_the_track_before_it():
    assert returns(3, *AWAY, 4, *AWAY, 4) == ReentryCounts(same=1, other=1)


def test_frames_that_are_not_annotated_count_as_out_of_view():
    assert ReentryCounts.of({0: {1: 3}, GONE_FRAMES + 1: {1: 3}}) == ReentryCounts(same=1)


def test_objects_are_kept_apart():
    counts = ReentryCounts.of({0: {1: 1, 2: 2}, GONE_FRAMES + 1: {1: 2, 2: 1}})
    assert counts == ReentryCounts(other=2)
    assert counts.rate == 0.0


def test_no_return_has_no_rate():
    assert math.isnan(ReentryCounts().rate)
