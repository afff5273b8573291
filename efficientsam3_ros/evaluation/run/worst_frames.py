"""Frames worth looking at."""

from __future__ import annotations

from collections.abc import Sequence
import math

from efficientsam3_ros.core import FrameResult
from efficientsam3_ros.evaluation.run.track_timelines import visible
from efficientsam3_ros.evaluation.scoring.frame_row import FrameRow
from efficientsam3_ros.evaluation.sequence_result import WORST_FRAMES, WorstFrame

_PERFECT = 0.995


def worst_frames(stamps_ns: Sequence[int], rows: Sequence[FrameRow]) -> tuple[WorstFrame, ...]:
    """Return the frames of the lowest quality, worst first, some way apart from each other.

    Args:
        stamps_ns: Stamps of all frames.
        rows: One entry a frame.
    """
    rank = {
        index: (row.quality, -row.errors, index)
        for index, row in enumerate(rows)
        if row.errors or row.quality < _PERFECT
    }
    chosen = _apart(sorted(rank, key=lambda index: rank[index]), len(rows))
    return tuple(WorstFrame(i, stamps_ns[i], rows[i].jf, rows[i].why()) for i in chosen)


def restless_frames(
    stamps_ns: Sequence[int], results: Sequence[FrameResult | None]
) -> tuple[WorstFrame, ...]:
    """Return the frames in which most tracks appear or vanish: all that is known without truth."""
    changes: dict[int, list[str]] = {}
    before: dict[int, str] | None = None
    for index, result in enumerate(results):
        if result is None:
            continue
        now = {item.track_id: item.concept for item in visible(result)}
        if before is not None and now.keys() != before.keys():
            gone = [f'{before[n]} {n} vanishes' for n in sorted(before.keys() - now.keys())]
            come = [f'{now[n]} {n} appears' for n in sorted(now.keys() - before.keys())]
            changes[index] = gone + come
        before = now
    chosen = _apart(sorted(changes, key=lambda i: (-len(changes[i]), i)), len(results))
    return tuple(WorstFrame(i, stamps_ns[i], math.nan, ', '.join(changes[i])) for i in chosen)


def _apart(ranked: Sequence[int], frames: int) -> list[int]:
    """Take the first frame numbers that are not close to each other."""
    distance = max(1, frames // (2 * WORST_FRAMES))
    taken: list[int] = []
    for index in ranked:
        if all(abs(index - other) >= distance for other in taken):
            taken.append(index)
    return taken[:WORST_FRAMES]
