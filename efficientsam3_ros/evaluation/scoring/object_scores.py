"""J and F of each true object and the track that stands for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Rle
from efficientsam3_ros.evaluation.metrics.region_boundary import (
    RegionBoundaryCounts,
    evaluated_frames,
    region_boundary_series,
)
from efficientsam3_ros.evaluation.scoring.concept_masks import Masks

_NOTHING = Rle.empty(1, 1)


@dataclass(frozen=True)
class ObjectScore:
    """One true object under one concept.

    Attributes:
        concept: The phrase.
        object_id: Its id in the truth.
        track_id: The track that stands for it, 0 if none does.
        j: Mean region similarity, 0..1.
        f: Mean boundary accuracy, 0..1.
        frames: Frames that entered the means.
        idle: What an answer that is always empty would score, 0..1: frames in which truth and
            answer are both empty count as perfect.
    """

    concept: str
    object_id: int
    track_id: int
    j: float
    f: float
    frames: int
    idle: float

    @property
    def jf(self) -> float:
        """(J + F) / 2."""
        return (self.j + self.f) / 2

    def counts(self) -> RegionBoundaryCounts:
        """Return the object's part of the sums."""
        return RegionBoundaryCounts(self.j, self.f, self.idle, 1)


@dataclass(frozen=True, eq=False)
class ObjectCurve:
    """One object over a clip.

    Attributes:
        series: float64 (T, 2): J and F in every frame.
        score: Its means; None if it is not scored (never seen in the evaluated frames).
    """

    series: np.ndarray
    score: ObjectScore | None


def object_curve(
    concept: str,
    pair: tuple[int, int],
    frames: Sequence[tuple[Masks, Masks]],
    drop_ends: bool,
) -> ObjectCurve:
    """Score one object.

    Args:
        concept: The phrase.
        pair: The object's id and that of the track that stands for it, 0 for none.
        frames: (truth, found) of each frame.
        drop_ends: Leave out the first and last frame, as DAVIS and SA-V do.
    """
    number, track = pair
    both = [_both(there.get(number), found.get(track)) for there, found in frames]
    right, guess = [item[0] for item in both], [item[1] for item in both]
    series = region_boundary_series(right, guess)
    scored = evaluated_frames(right, guess, drop_ends)
    if not scored:
        return ObjectCurve(series, None)
    idle = evaluated_frames(right, [_NOTHING] * len(right), drop_ends)
    j, f = series[scored.start : scored.stop].mean(axis=0)
    empty = sum(not right[index].area for index in idle) / len(idle)
    score = ObjectScore(concept, number, track, float(j), float(f), len(scored), empty)
    return ObjectCurve(series, score)


def _both(there: Rle | None, found: Rle | None) -> tuple[Rle, Rle]:
    """Put an empty mask of the same image where one is missing."""
    some = there or found or _NOTHING
    none = Rle.empty(some.height, some.width)
    return there or none, found or none
