"""Which detection is which track.

Asked in this order, of the tracks and detections that are left each time: which detections
continue tracks where they are expected; which are tracks that their memory sees there; which are
tracks that vanished close by, if their memory does not see them elsewhere; which are lost tracks
that look like them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.tracking.assignment import assign
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.propagation import Sighting
from efficientsam3_ros.tracking.region import Region, iou_matrix
from efficientsam3_ros.tracking.track import Track

PROXIMITY_WEIGHT = 0.5
TIE_BREAK = 0.05
STAY_BONUS = 0.2
"""What a visible track has over a hidden one."""
FOUND_IOU = 0.5
"""Mask IoU with what the memory surely sees from which a detection is the track."""
FOUND_LIKENESS = 0.25
"""Likeness that this needs besides: the memory may see an object in its neighbour."""
ELSEWHERE_IOU = 0.1
"""With less overlap, what the memory surely sees is not the detection."""

Pairs = list[tuple[int, int]]
"""(track index, detection index), each index at most once."""


def match_present(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    strong: np.ndarray,
    frame: int,
    config: TrackerConfig,
    sightings: Sequence[Sighting | None] = (),
) -> Pairs:
    """Continue tracks that are visible, or were so a moment ago.

    A pair is possible if the mask overlaps the track's prediction (less is asked of a track that
    was visible in the last detection: hysteresis), or what the memory surely sees of a visible
    track, or if it looks the same within reach. Weak detections only continue visible tracks, and
    only by overlap. What the memory surely sees elsewhere does not continue by looks, and a hidden
    track that memory and detector see elsewhere is not where it was.

    Args:
        tracks: N tracks that are not LOST.
        detections: M detections.
        similarity: (N, M) appearance similarity, -1..1.
        strong: bool (M,), whether the score reaches the detection threshold.
        frame: Current frame number.
        config: Gates and weights.
        sightings: What the memory sees of each track, if there is a memory.
    """
    if not tracks or not detections:
        return []
    regions = [item.region for item in detections]
    iou = iou_matrix([track.predicted(frame, config) for track in tracks], regions)
    visible = np.array([track.visible for track in tracks])[:, None]
    gate = np.where(visible, config.keep_iou, config.match_iou)
    overlaps = (iou > 0) & (iou >= gate) & (visible | strong[None])
    closeness = _closeness(tracks, detections, frame, config)
    near = (closeness > 0) & (similarity >= config.reid_similarity) & strong[None]
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    if sightings:
        sighted = _sighted_iou(sightings, detections, config)
        overlaps |= visible & (sighted > 0) & (sighted >= gate)
        near &= ~_elsewhere(sightings, sighted, config)
        found = allowed & strong[None] & _agrees(sighted, similarity, config)
        allowed &= visible | found | ~found.any(axis=1, keepdims=True)
    weights = (
        iou
        + config.appearance_weight * _likeness(similarity, config)
        + PROXIMITY_WEIGHT * closeness
        + TIE_BREAK * np.array([item.score for item in detections])[None]
        + STAY_BONUS * visible
    )
    return assign(np.where(allowed & (overlaps | near), weights, 0.0))


def match_found(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    sightings: Sequence[Sighting | None],
    config: TrackerConfig,
) -> Pairs:
    """Find tracks where their memory surely sees them and a detection agrees.

    Args:
        tracks: N tracks that nothing continues so far, LOST ones included.
        detections: M strong detections.
        similarity: (N, M) appearance similarity, -1..1.
        sightings: What the memory sees of each track.
        config: When the memory is sure.
    """
    if not tracks or not detections:
        return []
    sighted = _sighted_iou(sightings, detections, config)
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    allowed &= _agrees(sighted, similarity, config)
    return assign(np.where(allowed, sighted + similarity, 0.0))


def match_close(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    sightings: Sequence[Sighting | None],
    frame: int,
    config: TrackerConfig,
) -> Pairs:
    """Find tracks that vanished lately in detections close by that nothing else explains.

    Partly hidden objects look less alike than ``reid_similarity``, and jump when another part
    comes into view. Such a detection is rather the track than a new object, unless the memory
    sees the track elsewhere.

    Args:
        tracks: N confirmed tracks that nothing continues so far, none of them LOST.
        detections: M strong detections.
        similarity: (N, M) appearance similarity, -1..1.
        sightings: What the memory sees of each track; None if it was not looked for.
        frame: Current frame number.
        config: Reach, and when the memory is sure.
    """
    if not tracks or not detections:
        return []
    closeness = _closeness(tracks, detections, frame, config)
    elsewhere = _elsewhere(sightings, _sighted_iou(sightings, detections, config), config)
    looked = np.array([s is not None for s in sightings])[:, None]
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    allowed &= (closeness > 0) & (_likeness(similarity, config) > 0) & looked & ~elsewhere
    return assign(np.where(allowed, closeness + similarity, 0.0))


def match_returned(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    config: TrackerConfig,
) -> Pairs:
    """Give LOST tracks back to detections that look like them, wherever they are.

    Among equal looks the place where the track was lost decides.

    Args:
        tracks: N LOST tracks.
        detections: M detections which continue no track.
        similarity: (N, M) appearance similarity, -1..1.
        config: Similarity gate.
    """
    if not tracks or not detections:
        return []
    distance = _distance(tracks, detections)
    weights = 1 + similarity + TIE_BREAK / (1 + distance)
    allowed = _same_concept(tracks, detections) & (similarity >= config.reid_similarity)
    return assign(np.where(allowed, weights, 0.0))


def _likeness(similarity: np.ndarray, config: TrackerConfig) -> np.ndarray:
    """Stretch the similarities that tell objects of one concept apart to 0..1."""
    floor = config.similarity_floor
    return np.asarray(np.clip((similarity - floor) / (1 - floor), 0.0, 1.0))


def _agrees(sighted: np.ndarray, similarity: np.ndarray, config: TrackerConfig) -> np.ndarray:
    """Tell where a detection is what the memory surely sees, to both eyes."""
    alike = _likeness(similarity, config) >= FOUND_LIKENESS
    return np.asarray((sighted >= FOUND_IOU) & alike)


def _elsewhere(
    sightings: Sequence[Sighting | None], sighted: np.ndarray, config: TrackerConfig
) -> np.ndarray:
    """Tell where a detection is not what the memory surely sees."""
    sure = np.array([s is not None and s.sure(config) for s in sightings])[:, None]
    return np.asarray(sure & (sighted < ELSEWHERE_IOU))


def _sighted_iou(
    sightings: Sequence[Sighting | None], detections: Sequence[Detection], config: TrackerConfig
) -> np.ndarray:
    """Return the mask IoU (N, M) with what the memory surely sees; 0 where it does not."""
    height, width = detections[0].region.height, detections[0].region.width
    nothing = Region.empty(height, width)
    seen = [s.region if s is not None and s.sure(config) else nothing for s in sightings]
    return iou_matrix(seen, [item.region for item in detections])


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
