"""Tracks over time: where they are visible, and what they follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efficientsam3_ros.core import FrameResult, Instance
from efficientsam3_ros.evaluation.scoring.frame_row import FrameRow
from efficientsam3_ros.evaluation.sequence_result import (
    HISTOGRAM_BINS,
    ScoreHistogram,
    TrackSegment,
    TrackSummary,
)


@dataclass
class _Track:
    concept: str
    first: int
    last: int
    frames: int = 0
    score: float = 0.0


def track_summaries(results: Sequence[FrameResult | None]) -> tuple[TrackSummary, ...]:
    """Return every track that was ever visible, ordered by id."""
    tracks: dict[int, _Track] = {}
    for index, result in enumerate(results):
        for item in visible(result) if result else ():
            track = tracks.setdefault(item.track_id, _Track(item.concept, index, index))
            track.last = index
            track.frames += 1
            track.score += item.score
    return tuple(
        TrackSummary(number, t.concept, t.first, t.last, t.frames, t.score / t.frames)
        for number, t in sorted(tracks.items())
    )


def track_timelines(
    results: Sequence[FrameResult | None], rows: Sequence[FrameRow]
) -> tuple[TrackSegment, ...]:
    """Return the stretches of frames in which each track followed one object.

    Args:
        results: One entry a frame; a missing one does not end a stretch.
        rows: One entry a frame; where nothing is annotated, a track is taken to follow what it
            followed before.
    """
    done: list[TrackSegment] = []
    open_: dict[int, TrackSegment] = {}
    for index, (result, row) in enumerate(zip(results, rows)):
        if result is None:
            continue
        seen, matched = {item.track_id for item in visible(result)}, row.matched
        for track in [number for number in open_ if number not in seen]:
            done.append(open_.pop(track))
        for track in sorted(seen):
            before = open_.get(track)
            followed = before.object if before else None
            if row.annotated:
                followed = matched.get(track)
            if before is not None and before.object == followed:
                open_[track] = TrackSegment(track, before.first, index, followed)
            else:
                done += [before] if before else []
                open_[track] = TrackSegment(track, index, index, followed)
    return tuple(sorted([*done, *open_.values()], key=lambda s: (s.track, s.first)))


def calibration(
    results: Sequence[FrameResult | None], rows: Sequence[FrameRow], concepts: Sequence[str]
) -> ScoreHistogram:
    """Return how scores of true and false instances are spread, in annotated frames."""
    true, false = [0] * HISTOGRAM_BINS, [0] * HISTOGRAM_BINS
    for result, row in zip(results, rows):
        if result is None or not row.annotated:
            continue
        matched = row.matched
        for item in visible(result):
            if item.concept in concepts:
                bins = true if item.track_id in matched else false
                bins[min(int(item.score * HISTOGRAM_BINS), HISTOGRAM_BINS - 1)] += 1
    return ScoreHistogram(tuple(true), tuple(false))


def visible(result: FrameResult) -> list[Instance]:
    """Return the instances with a mask."""
    return [item for item in result.instances if item.area]
