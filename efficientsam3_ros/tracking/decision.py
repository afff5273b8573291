"""What a frame means for the tracks, decided before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.association import (
    match_close,
    match_found,
    match_present,
    match_returned,
)
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.duplicates import duplicates
from efficientsam3_ros.tracking.looks import Looks
from efficientsam3_ros.tracking.propagation import Sighting
from efficientsam3_ros.tracking.region import iou_matrix
from efficientsam3_ros.tracking.track import Track


@dataclass(frozen=True)
class Evidence:
    """What one frame shows.

    Attributes:
        frame: Frame number.
        detections: Those above ``keep_ratio`` times the threshold; None if none were sought.
        thresholds: Concept key to detection threshold.
        sightings: Track id to what its memory sees; empty without a video memory.
    """

    frame: int
    detections: Sequence[Detection] | None
    thresholds: Mapping[str, float]
    sightings: Mapping[int, Sighting] = field(default_factory=dict)

    def strong(self, detection: Detection) -> bool:
        """Whether the score reaches the threshold of its concept."""
        return detection.score >= self.thresholds[detection.key]


@dataclass(frozen=True)
class Decision:
    """What is to become of the tracks.

    Attributes:
        tracks: Track id to the track after this frame.
        matches: Track id to the detection that continues it.
        births: New track id to the detection that it begins with.
        ended: Tracks to forget.
    """

    tracks: Mapping[int, Track]
    matches: Mapping[int, Detection] = field(default_factory=dict)
    births: Mapping[int, Detection] = field(default_factory=dict)
    ended: tuple[int, ...] = ()


def decide(
    tracks: Mapping[int, Track],
    evidence: Evidence,
    looks: Looks,
    next_id: Callable[[], int],
    config: TrackerConfig,
) -> Decision:
    """Continue, hide, recover and begin tracks.

    Args:
        tracks: Track id to track, rising.
        evidence: What the frame shows.
        looks: Compares tracks with detections.
        next_id: Gives ids that were never given before.
        config: Gates and limits.
    """
    if evidence.detections is None:
        after = {i: _in_between(track, evidence, config) for i, track in tracks.items()}
        return _settle(tracks, Decision(after), evidence, config)
    matches = _continued(tracks, evidence, looks, config)
    after = {
        i: _matched(track, matches[i], evidence, config)
        if i in matches
        else _unmatched(track, evidence, config)
        for i, track in tracks.items()
    }
    used = {id(item) for item in matches.values()}
    rest = [d for d in evidence.detections if evidence.strong(d) and id(d) not in used]
    returns = _returned(after, rest, evidence.frame, looks, config)
    for i, detection in returns.items():
        after[i] = after[i].returned(detection, evidence.frame)
    used = {id(item) for item in returns.values()}
    rest = [item for item in rest if id(item) not in used]
    return _settle(
        tracks,
        Decision(after, matches | returns, _births(after, rest, evidence, next_id, config)),
        evidence,
        config,
    )


def _continued(
    tracks: Mapping[int, Track], evidence: Evidence, looks: Looks, config: TrackerConfig
) -> dict[int, Detection]:
    """Match the tracks that are expected somewhere, or that their memory finds."""
    detections = evidence.detections or ()
    present = _not_lost(tracks, evidence.frame, config)
    similarity = looks.similarity([t.track_id for t in present], detections)
    strong = np.array([evidence.strong(item) for item in detections], bool)
    seen = [evidence.sightings.get(t.track_id) for t in present] if evidence.sightings else []
    pairs = match_present(present, detections, similarity, strong, evidence.frame, config, seen)
    matches = {present[row].track_id: detections[column] for row, column in pairs}
    for match in (_found, _close) if evidence.sightings else ():
        used = {id(item) for item in matches.values()}
        rest = [d for d in detections if evidence.strong(d) and id(d) not in used]
        missed = [t for i, t in tracks.items() if i not in matches]
        matches |= match(missed, rest, evidence, looks, config)
    return matches


def _not_lost(tracks: Mapping[int, Track], frame: int, config: TrackerConfig) -> list[Track]:
    return [t for t in tracks.values() if t.state(frame, config) is not TrackState.LOST]


def _found(
    missed: Sequence[Track],
    detections: Sequence[Detection],
    evidence: Evidence,
    looks: Looks,
    config: TrackerConfig,
) -> dict[int, Detection]:
    """Find missed tracks where their memory sees them."""
    similarity = looks.similarity([t.track_id for t in missed], detections)
    seen = [evidence.sightings.get(t.track_id) for t in missed]
    pairs = match_found(missed, detections, similarity, seen, config)
    return {missed[row].track_id: detections[column] for row, column in pairs}


def _close(
    missed: Sequence[Track],
    detections: Sequence[Detection],
    evidence: Evidence,
    looks: Looks,
    config: TrackerConfig,
) -> dict[int, Detection]:
    """Find real objects that vanished lately in detections close by."""
    by_id = {t.track_id: t for t in missed if t.confirmed(config)}
    lately = _not_lost(by_id, evidence.frame, config)
    similarity = looks.similarity([t.track_id for t in lately], detections)
    seen = [evidence.sightings.get(t.track_id) for t in lately]
    pairs = match_close(lately, detections, similarity, seen, evidence.frame, config)
    return {lately[row].track_id: detections[column] for row, column in pairs}


def _returned(
    tracks: Mapping[int, Track],
    detections: Sequence[Detection],
    frame: int,
    looks: Looks,
    config: TrackerConfig,
) -> dict[int, Detection]:
    """Give lost tracks back to detections that look like them."""
    lost = [t for t in tracks.values() if t.state(frame, config) is TrackState.LOST]
    if not lost or not detections:
        return {}
    similarity = looks.similarity([t.track_id for t in lost], detections)
    pairs = match_returned(lost, detections, similarity, config)
    return {lost[row].track_id: detections[column] for row, column in pairs}


def _births(
    tracks: Mapping[int, Track],
    detections: Sequence[Detection],
    evidence: Evidence,
    next_id: Callable[[], int],
    config: TrackerConfig,
) -> dict[int, Detection]:
    """Choose the detections that begin tracks, best first, while there is room."""
    states = [track.state(evidence.frame, config) for track in tracks.values()]
    room = max(0, config.max_objects - len(states) + states.count(TrackState.LOST))
    wanted = [
        item
        for item in sorted(detections, key=lambda d: -d.score)
        if item.score >= max(config.birth_threshold, evidence.thresholds[item.key])
    ]
    if evidence.sightings:
        visible = [track for track in tracks.values() if track.visible]
        wanted = [item for item in wanted if not _covered(item, visible, config)]
    return {next_id(): item for item in wanted[:room]}


def _covered(detection: Detection, tracks: Sequence[Track], config: TrackerConfig) -> bool:
    """Tell whether a visible track of the concept is the same object already."""
    same = [track.region for track in tracks if track.key == detection.key]
    return bool((iou_matrix([detection.region], same) > config.duplicate_iou).any())


def _matched(
    track: Track, detection: Detection, evidence: Evidence, config: TrackerConfig
) -> Track:
    view = _best_mask(track, detection, evidence, config)
    if track.state(evidence.frame, config) is TrackState.LOST:
        return track.returned(view, evidence.frame)
    return track.seen(view, evidence.frame)


def _best_mask(
    track: Track, detection: Detection, evidence: Evidence, config: TrackerConfig
) -> Detection:
    """Give the detection the memory's mask of the same object if that is wanted."""
    sight = evidence.sightings.get(track.track_id)
    if config.mask_from == 'detection' or sight is None or not sight.visible(config):
        return detection
    better = config.mask_from == 'memory' or sight.quality > detection.quality
    if not better or not sight.region.overlap(detection.region):
        return detection
    return replace(detection, region=sight.region, quality=sight.quality)


def _unmatched(track: Track, evidence: Evidence, config: TrackerConfig) -> Track:
    """Hide a track that was not detected, unless its memory may speak for it."""
    missed = track.missed()
    sight = evidence.sightings.get(track.track_id)
    if sight is not None and sight.sure(config) and _may_carry(missed, evidence.frame, config):
        return missed.carried(sight.region, sight.quality, evidence.frame)
    return missed


def _in_between(track: Track, evidence: Evidence, config: TrackerConfig) -> Track:
    """Follow a track by its memory; one without memory waits for the next detection."""
    sight = evidence.sightings.get(track.track_id)
    if sight is None:
        return track
    if track.visible:
        seen = sight.visible(config)
    else:
        seen = sight.sure(config) and _may_carry(track, evidence.frame, config)
    if seen:
        return track.carried(sight.region, sight.quality, evidence.frame)
    return track.hidden()


def _may_carry(track: Track, frame: int, config: TrackerConfig) -> bool:
    """Tell whether the memory alone is enough.

    It is for a real object that was detected lately: what the detector sees now and then only,
    it mostly sees by mistake, and the memory would keep the mistake alive.
    """
    return (
        track.confirmed(config)
        and track.misses <= config.memory_only_runs
        and track.misses <= config.memory_only_share * track.hits
        and track.state(frame, config) is not TrackState.LOST
    )


def _settle(
    before: Mapping[int, Track], decision: Decision, evidence: Evidence, config: TrackerConfig
) -> Decision:
    """Let one of two tracks yield where the memory follows the same object twice."""
    if not evidence.sightings:
        return decision
    yielding = duplicates(decision.tracks.values(), config)
    after = dict(decision.tracks)
    for i in yielding:
        after[i] = replace(before[i], misses=after[i].misses, visible=False)
    return replace(
        decision,
        tracks=after,
        matches={i: item for i, item in decision.matches.items() if i not in yielding},
        ended=tuple(i for i in yielding if not before[i].confirmed(config)),
    )
