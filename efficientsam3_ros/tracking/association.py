"""Which detection is which track.

Asked in this order, of the tracks and detections that are left each time: which detections
continue tracks where they are expected; which are tracks that their memory sees there; which are
tracks that vanished close by, if their memory does not see them elsewhere; which are lost tracks
that look like them (``matching``). Tracks and detections are never empty here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.tracking.assignment import assign
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.evidence import Evidence
from efficientsam3_ros.tracking.region import Region, iou_matrix, overlap_matrix
from efficientsam3_ros.tracking.track import Track

PROXIMITY_WEIGHT = 0.5
TIE_BREAK = 0.05
STAY_BONUS = 0.2
"""What a visible track has over a hidden one."""
FOUND_IOU = 0.5
"""Mask IoU with what the memory surely sees from which a detection is the track."""
FOUND_LIKENESS = 0.25
"""Likeness that this needs besides: the memory may see an object in its neighbour."""
ELSEWHERE = 0.3
"""With less of the smaller one in common, what the memory surely sees is not the detection."""

Pairs = list[tuple[int, int]]
"""(track index, detection index), each index at most once."""


def match_present(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    evidence: Evidence,
    config: TrackerConfig,
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
        evidence: What the frame shows.
        config: Gates and weights.
    """
    strong = np.array([evidence.strong(item) for item in detections])[None]
    frame = evidence.frame
    regions = [item.region for item in detections]
    iou = iou_matrix([track.predicted(frame, config) for track in tracks], regions)
    visible = np.array([track.visible for track in tracks])[:, None]
    gate = np.where(visible, config.keep_iou, config.match_iou)
    overlaps = (iou > 0) & (iou >= gate) & (visible | strong)
    closeness = _closeness(tracks, detections, frame, config)
    near = (closeness > 0) & (similarity >= config.reid_similarity) & strong
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    if evidence.sightings:
        sighted, elsewhere = _sighted(tracks, detections, evidence, config)
        overlaps |= visible & (sighted > 0) & (sighted >= gate)
        near &= ~elsewhere
        found = allowed & strong & _agrees(sighted, similarity, config)
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
    evidence: Evidence,
    config: TrackerConfig,
) -> Pairs:
    """Find tracks where their memory surely sees them and a detection agrees.

    Args:
        tracks: N tracks that nothing continues so far, LOST ones included.
        detections: M strong detections.
        similarity: (N, M) appearance similarity, -1..1.
        evidence: What the frame shows.
        config: When the memory is sure.
    """
    sighted, _ = _sighted(tracks, detections, evidence, config)
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    allowed &= _agrees(sighted, similarity, config)
    return assign(np.where(allowed, sighted + similarity, 0.0))


def match_close(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    evidence: Evidence,
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
        evidence: What the frame shows.
        config: Reach, and when the memory is sure.
    """
    closeness = _closeness(tracks, detections, evidence.frame, config)
    _, elsewhere = _sighted(tracks, detections, evidence, config)
    looked = np.array([track.track_id in evidence.sightings for track in tracks])[:, None]
    allowed = _same_concept(tracks, detections) & (similarity >= config.min_similarity)
    allowed &= (closeness > 0) & (_likeness(similarity, config) > 0) & looked
    allowed &= ~elsewhere
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


def _sighted(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    evidence: Evidence,
    config: TrackerConfig,
) -> tuple[np.ndarray, np.ndarray]:
    """Compare detections with what the memory surely sees of each track.

    Returns:
        Mask IoU (N, M), 0 where the memory is not sure, and bool (N, M), where it is sure that
        the detection is something else: its own mask may well be a part of the detection's.
    """
    nothing = Region.empty(detections[0].region.height, detections[0].region.width)
    seen = [evidence.sightings.get(track.track_id) for track in tracks]
    sure = [sight is not None and sight.sure(config) for sight in seen]
    rows = [sight.region if sight and good else nothing for sight, good in zip(seen, sure)]
    columns = [item.region for item in detections]
    common = overlap_matrix(rows, columns)
    areas = np.array([row.area for row in rows])[:, None]
    smaller = np.minimum(areas, np.array([column.area for column in columns])[None])
    elsewhere = np.array(sure)[:, None] & (common < ELSEWHERE * smaller)
    return iou_matrix(rows, columns), elsewhere


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
