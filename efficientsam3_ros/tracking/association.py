"""Which detection is which track.

Two questions, in this order: which detections continue tracks where they are expected, and which
remaining ones are lost tracks that came back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from efficientsam3_ros.tracking.assignment import assign
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.propagation import Sighting
from efficientsam3_ros.tracking.region import iou_matrix
from efficientsam3_ros.tracking.track import Track

PROXIMITY_WEIGHT = 0.5
TIE_BREAK = 0.05
STAY_BONUS = 0.2
"""What a visible track has over a hidden one when the memory sees both in one detection."""


def match_present(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    strong: np.ndarray,
    frame: int,
    config: TrackerConfig,
    sightings: Mapping[int, Sighting] | None = None,
) -> list[tuple[int, int]]:
    """Continue tracks that are visible, were so a moment ago, or are found by their memory.

    A pair is possible if the mask overlaps the track's prediction (less is asked of a track that
    was visible in the last detection: hysteresis), or if it looks the same within reach. Weak
    detections only continue visible tracks, and only by overlap. A track that its memory surely
    sees is where the memory says, so looks alone cannot take it elsewhere.

    Args:
        tracks: N tracks; LOST ones only if their memory surely sees them.
        detections: M detections.
        similarity: (N, M) appearance similarity, -1..1.
        strong: bool (M,), whether the score reaches the detection threshold.
        frame: Current frame number.
        config: Gates and weights.
        sightings: Track id to what its memory sees, if there is a memory.

    Returns:
        (track index, detection index) pairs.
    """
    if not tracks or not detections:
        return []
    seen = [None if sightings is None else sightings.get(t.track_id) for t in tracks]
    predictions = [
        sight.region if sight and sight.visible(config) else track.predicted(frame, config)
        for track, sight in zip(tracks, seen)
    ]
    found = np.array([sight is not None and sight.sure(config) for sight in seen])[:, None]
    iou = iou_matrix(predictions, [item.region for item in detections])
    visible = np.array([track.visible for track in tracks])[:, None]
    gate = np.where(visible, config.keep_iou, config.match_iou)
    overlaps = (iou > 0) & (iou >= gate) & (visible | strong[None])
    closeness = _closeness(tracks, detections, frame, config)
    near = ~found & (closeness > 0) & (similarity >= config.reid_similarity) & strong[None]
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    score = np.array([item.score for item in detections])[None]
    weights = (
        iou
        + config.appearance_weight * np.maximum(similarity, 0.0)
        + PROXIMITY_WEIGHT * closeness
        + TIE_BREAK * score
        + STAY_BONUS * (found & visible)
    )
    return assign(np.where(allowed & (overlaps | near), weights, 0.0))


def match_returned(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    config: TrackerConfig,
) -> list[tuple[int, int]]:
    """Give LOST tracks back to detections that look like them, wherever they are.

    Among equal looks the place where the track was lost decides.

    Args:
        tracks: N LOST tracks.
        detections: M detections which continue no track.
        similarity: (N, M) appearance similarity, -1..1.
        config: Similarity gate.

    Returns:
        (track index, detection index) pairs.
    """
    if not tracks or not detections:
        return []
    distance = _distance(tracks, detections)
    weights = 1 + similarity + TIE_BREAK / (1 + distance)
    allowed = _same_concept(tracks, detections) & (similarity >= config.reid_similarity)
    return assign(np.where(allowed, weights, 0.0))


def _same_concept(tracks: Sequence[Track], detections: Sequence[Detection]) -> np.ndarray:
    rows = np.array([track.key for track in tracks])[:, None]
    return np.asarray(rows == np.array([item.key for item in detections])[None])


def _distance(tracks: Sequence[Track], detections: Sequence[Detection]) -> np.ndarray:
    """Return the distance from the last place, in diagonals of the track."""
    old = np.array([track.region.centre for track in tracks])[:, None]
    new = np.array([item.region.centre for item in detections])[None]
    size = np.array([max(track.region.diagonal, 1.0) for track in tracks])[:, None]
    return np.asarray(np.linalg.norm(old - new, axis=-1) / size)


def _closeness(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    frame: int,
    config: TrackerConfig,
) -> np.ndarray:
    """Return 1 where the track is expected, falling linearly to 0 at the limit of reach.

    It is expected where its speed would bring it, and also where it was: things are stopped and
    put back.
    """
    last = np.array([track.region.centre for track in tracks])[:, None]
    moved = np.array([track.displacement(frame, config) for track in tracks])[:, None]
    new = np.array([item.region.centre for item in detections])[None]
    distance = np.minimum(
        np.linalg.norm(last + moved - new, axis=-1), np.linalg.norm(last - new, axis=-1)
    )
    frames = np.array([frame - track.last_seen for track in tracks])
    size = np.array([track.region.diagonal for track in tracks])
    limit = np.maximum(config.reach * size * frames, 1e-6)[:, None]
    return np.asarray(np.maximum(0.0, 1 - distance / limit))
