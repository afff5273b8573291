"""The matching cascade: in which order the detections of a frame are given to tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.association.appearance import Appearance
from efficientsam3_ros.tracking.association.costs import (
    Pairs,
    match_close,
    match_found,
    match_present,
    match_returned,
)
from efficientsam3_ros.tracking.association.memory_evidence import MemoryEvidence
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.track import Track

Matches = dict[int, Detection]
"""Track id to the detection that is this track."""
_Match = Callable[[Sequence[Track], Sequence[Detection], np.ndarray], Pairs]


def continued(
    tracks: Mapping[int, Track],
    observations: Observations,
    appearance: Appearance,
    config: TrackerConfig,
) -> Matches:
    """Match tracks where they are expected, and where their memory finds them.

    Args:
        tracks: Track id to track, as before the frame.
        observations: Detections and memory predictions of the frame.
        appearance: Compares tracks with detections.
        config: Gates and weights.
    """
    present = _alive(tracks.values(), observations.frame, config)
    claimed = _claimed(tracks, observations, appearance, config)
    expected = partial(match_present, observations=observations, claimed=claimed, config=config)
    matches = _assign(expected, present, observations.detections or (), appearance)
    if not observations.memory_predictions:
        return matches
    missed = [track for i, track in tracks.items() if i not in matches]
    found = partial(match_found, observations=observations, config=config)
    matches |= _assign(found, missed, unused(observations, matches), appearance)
    missed = [t for t in missed if t.track_id not in matches and t.confirmed(config)]
    vanished = _alive(missed, observations.frame, config)
    close = partial(match_close, observations=observations, config=config)
    return matches | _assign(close, vanished, unused(observations, matches), appearance)


def returned(
    tracks: Mapping[int, Track],
    detections: Sequence[Detection],
    frame: int,
    appearance: Appearance,
    config: TrackerConfig,
) -> Matches:
    """Give LOST tracks back to detections that look like them.

    Args:
        tracks: Track id to track, as the other detections of the frame left it.
        detections: Strong ones that continue no track.
        frame: Frame number.
        appearance: Compares tracks with detections.
        config: Gates and weights.
    """
    lost = [t for t in tracks.values() if t.state(frame, config) is TrackState.LOST]
    return _assign(partial(match_returned, config=config), lost, detections, appearance)


def unused(observations: Observations, matches: Mapping[int, Detection]) -> list[Detection]:
    """Return the strong detections of a frame that are no track yet."""
    used = {id(item) for item in matches.values()}
    detections = observations.detections or ()
    return [item for item in detections if observations.strong(item) and id(item) not in used]


def _claimed(
    tracks: Mapping[int, Track],
    observations: Observations,
    appearance: Appearance,
    config: TrackerConfig,
) -> np.ndarray:
    """Tell, bool (M), in which detections the memory of a lost track finds that track."""
    detections = observations.detections or ()
    sought = [tracks[i] for i in observations.memory_predictions if i in tracks]
    lost = [t for t in sought if t.state(observations.frame, config) is TrackState.LOST]
    if not lost or not detections:
        return np.zeros(len(detections), bool)
    similarity = appearance.similarity([track.track_id for track in lost], detections)
    evidence = MemoryEvidence.of(lost, detections, similarity, observations, config)
    return np.asarray(evidence.supports.any(axis=0))


def _alive(tracks: Iterable[Track], frame: int, config: TrackerConfig) -> list[Track]:
    return [track for track in tracks if track.state(frame, config) is not TrackState.LOST]


def _assign(
    match: _Match, tracks: Sequence[Track], detections: Sequence[Detection], appearance: Appearance
) -> Matches:
    if not tracks or not detections:
        return {}
    similarity = appearance.similarity([track.track_id for track in tracks], detections)
    pairs = match(tracks, detections, similarity)
    return {tracks[row].track_id: detections[column] for row, column in pairs}
