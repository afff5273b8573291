"""The order in which the detections of a frame are given to tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.association import (
    Pairs,
    match_close,
    match_found,
    match_present,
    match_returned,
)
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.evidence import Evidence
from efficientsam3_ros.tracking.looks import Looks
from efficientsam3_ros.tracking.track import Track
from efficientsam3_ros.tracking.witness import Witness

Matches = dict[int, Detection]
"""Track id to the detection that is this track."""
_Match = Callable[[Sequence[Track], Sequence[Detection], np.ndarray], Pairs]


def continued(
    tracks: Mapping[int, Track], evidence: Evidence, looks: Looks, config: TrackerConfig
) -> Matches:
    """Match the tracks that are expected somewhere, or that their memory finds.

    Args:
        tracks: Track id to track, as before the frame.
        evidence: What the frame shows.
        looks: Compares tracks with detections.
        config: Gates and weights.
    """
    present = _alive(tracks.values(), evidence.frame, config)
    claimed = _claimed(tracks, evidence, looks, config)
    expected = partial(match_present, evidence=evidence, claimed=claimed, config=config)
    matches = _ask(expected, present, evidence.detections or (), looks)
    if not evidence.sightings:
        return matches
    missed = [track for i, track in tracks.items() if i not in matches]
    found = partial(match_found, evidence=evidence, config=config)
    matches |= _ask(found, missed, unused(evidence, matches), looks)
    missed = [t for t in missed if t.track_id not in matches and t.confirmed(config)]
    vanished = _alive(missed, evidence.frame, config)
    close = partial(match_close, evidence=evidence, config=config)
    return matches | _ask(close, vanished, unused(evidence, matches), looks)


def returned(
    tracks: Mapping[int, Track],
    detections: Sequence[Detection],
    frame: int,
    looks: Looks,
    config: TrackerConfig,
) -> Matches:
    """Give LOST tracks back to detections that look like them.

    Args:
        tracks: Track id to track, as the other detections of the frame left it.
        detections: Strong ones that continue no track.
        frame: Frame number.
        looks: Compares tracks with detections.
        config: Gates and weights.
    """
    lost = [t for t in tracks.values() if t.state(frame, config) is TrackState.LOST]
    return _ask(partial(match_returned, config=config), lost, detections, looks)


def unused(evidence: Evidence, matches: Mapping[int, Detection]) -> list[Detection]:
    """Return the strong detections of a frame that are no track yet."""
    used = {id(item) for item in matches.values()}
    detections = evidence.detections or ()
    return [item for item in detections if evidence.strong(item) and id(item) not in used]


def _claimed(
    tracks: Mapping[int, Track], evidence: Evidence, looks: Looks, config: TrackerConfig
) -> np.ndarray:
    """Tell, bool (M), in which detections the memory of a lost track finds that track."""
    detections = evidence.detections or ()
    sought = [tracks[i] for i in evidence.sightings if i in tracks]
    lost = [t for t in sought if t.state(evidence.frame, config) is TrackState.LOST]
    if not lost or not detections:
        return np.zeros(len(detections), bool)
    similarity = looks.similarity([track.track_id for track in lost], detections)
    witness = Witness.of(lost, detections, similarity, evidence, config)
    return np.asarray(witness.agrees.any(axis=0))


def _alive(tracks: Iterable[Track], frame: int, config: TrackerConfig) -> list[Track]:
    return [track for track in tracks if track.state(frame, config) is not TrackState.LOST]


def _ask(
    match: _Match, tracks: Sequence[Track], detections: Sequence[Detection], looks: Looks
) -> Matches:
    if not tracks or not detections:
        return {}
    similarity = looks.similarity([track.track_id for track in tracks], detections)
    pairs = match(tracks, detections, similarity)
    return {tracks[row].track_id: detections[column] for row, column in pairs}
