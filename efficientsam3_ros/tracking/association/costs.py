"""Which detection is which track.

One cost for each stage of the matching cascade (``cascade``), of the tracks and detections that
the stages before left: tracks where they are expected; tracks where their memory predicts them;
tracks that vanished close by, unless their memory contradicts; lost tracks of similar appearance.
Tracks and detections are never empty here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.tracking.association.affinity import (
    appearance_affinity,
    distance,
    motion_affinity,
    same_concept,
)
from efficientsam3_ros.tracking.association.assignment import assign
from efficientsam3_ros.tracking.association.memory_evidence import MemoryEvidence
from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import iou_matrix
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.track import Track

PROXIMITY_WEIGHT = 0.5
TIE_BREAK = 0.05
STAY_BONUS = 0.2
"""What a visible track has over a hidden one."""
CERTAINTY = 2
"""Power of the weights: a good pair is not given up for two poor ones, whose sum is larger. With
more of it a jerk of the camera would hand ids along a row of objects."""

Pairs = list[tuple[int, int]]
"""(track index, detection index), each index at most once."""


def match_present(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    observations: Observations,
    claimed: np.ndarray,
    config: TrackerConfig,
) -> Pairs:
    """Continue tracks that are visible, or were so a moment ago.

    A pair is possible if the mask overlaps the track's prediction (less is asked of a track that
    was visible in the last detection: hysteresis), or a confident memory prediction of a visible
    track, or if it looks the same within reach and the memory does not deny it. Weak detections
    only continue visible tracks, and only by overlap. A hidden track is not looked for where it
    was if its memory finds it in another detection, nor in one in which a lost track was found.

    Args:
        tracks: N tracks that are not LOST.
        detections: M detections.
        similarity: (N, M) appearance similarity, -1..1.
        observations: What the frame shows.
        claimed: Bool (M), detections in which the memory of a lost track finds that track.
        config: Gates and weights.
    """
    strong = np.array([observations.strong(item) for item in detections])[None]
    frame = observations.frame
    regions = [item.region for item in detections]
    iou = iou_matrix([track.predicted(frame, config) for track in tracks], regions)
    visible = np.array([track.visible for track in tracks])[:, None]
    gate = np.where(visible, config.keep_iou, config.match_iou)
    overlaps = (iou > 0) & (iou >= gate) & (visible | strong)
    close = motion_affinity(tracks, detections, frame, config)
    near = (close > 0) & (similarity >= config.reid_similarity) & strong
    allowed = same_concept(tracks, detections) & (similarity >= config.min_similarity)
    if observations.memory_predictions:
        memory = MemoryEvidence.of(tracks, detections, similarity, observations, config)
        overlaps |= visible & (memory.iou > 0) & (memory.iou >= gate)
        near &= ~memory.contradicts
        found = allowed & strong & memory.supports
        allowed &= visible | found | ~(found.any(axis=1, keepdims=True) | claimed)
    weights = (
        iou
        + config.appearance_weight * appearance_affinity(similarity, config)
        + PROXIMITY_WEIGHT * close
        + TIE_BREAK * np.array([item.score for item in detections])[None]
        + STAY_BONUS * visible
    )
    return assign(np.where(allowed & (overlaps | near), weights**CERTAINTY, 0.0))


def match_found(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    observations: Observations,
    config: TrackerConfig,
) -> Pairs:
    """Find tracks where a confident memory prediction and a detection agree.

    Args:
        tracks: N tracks that nothing continues so far, LOST ones included.
        detections: M strong detections.
        similarity: (N, M) appearance similarity, -1..1.
        observations: What the frame shows.
        config: When the memory is sure.
    """
    memory = MemoryEvidence.of(tracks, detections, similarity, observations, config)
    allowed = memory.supports & (similarity >= config.min_similarity)
    return assign(np.where(allowed, memory.iou + similarity, 0.0))


def match_close(
    tracks: Sequence[Track],
    detections: Sequence[Detection],
    similarity: np.ndarray,
    observations: Observations,
    config: TrackerConfig,
) -> Pairs:
    """Find tracks that vanished lately in detections close by that nothing else explains.

    Partly hidden objects look less alike than ``reid_similarity``, and jump when another part
    comes into view. Such a detection is rather the track than a new object, unless the memory
    denies it.

    Args:
        tracks: N confirmed tracks that nothing continues so far, none of them LOST.
        detections: M strong detections.
        similarity: (N, M) appearance similarity, -1..1.
        observations: What the frame shows.
        config: Reach, and when the memory is sure.
    """
    close = motion_affinity(tracks, detections, observations.frame, config)
    memory = MemoryEvidence.of(tracks, detections, similarity, observations, config)
    looked = np.array([track.track_id in observations.memory_predictions for track in tracks])[
        :, None
    ]
    allowed = same_concept(tracks, detections) & (similarity >= config.min_similarity)
    allowed &= (
        (close > 0) & (appearance_affinity(similarity, config) > 0) & looked & ~memory.contradicts
    )
    return assign(np.where(allowed, close + similarity, 0.0))


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
    weights = 1 + similarity + TIE_BREAK / (1 + distance(tracks, detections))
    allowed = same_concept(tracks, detections) & (similarity >= config.reid_similarity)
    return assign(np.where(allowed, weights, 0.0))
