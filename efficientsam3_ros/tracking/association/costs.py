"""Which detection is which track.

One cost for each stage of the matching cascade (``cascade``), of the tracks and detections that
the stages before left: tracks where they are expected; tracks where their memory predicts them;
tracks that vanished close by, unless their memory contradicts; lost tracks of similar appearance.
Tracks and detections are never empty here.
"""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.tracking.association.assignment import assign
from efficientsam3_ros.tracking.association.candidates import Candidates
from efficientsam3_ros.tracking.cropped_mask import iou_matrix

PROXIMITY_WEIGHT = 0.5
TIE_BREAK = 0.05
STAY_BONUS = 0.2
"""What a visible track has over a hidden one."""
CERTAINTY = 2
"""Power of the weights: a good pair is not given up for two poor ones, whose sum is larger. With
more of it a jerk of the camera would hand ids along a row of objects."""

Pairs = list[tuple[int, int]]
"""(track index, detection index), each index at most once."""


def match_present(pairs: Candidates, claimed: np.ndarray) -> Pairs:
    """Continue tracks that are visible, or were so a moment ago.

    A pair is possible if the mask overlaps the track's prediction (less is asked of a track that
    was visible in the last detection: hysteresis), or a confident memory prediction of a visible
    track, or if it looks the same within reach and the memory does not deny it. Weak detections
    only continue visible tracks, and only by overlap. A hidden track is not looked for where it
    was if its memory finds it in another detection, nor in one in which a lost track was found.

    Args:
        pairs: N tracks that are not LOST, M detections.
        claimed: Bool (M), detections in which the memory of a lost track finds that track.
    """
    config, similarity = pairs.config, pairs.similarity
    strong = np.array([pairs.observations.strong(item) for item in pairs.detections])[None]
    iou = iou_matrix(pairs.predicted, pairs.regions)
    visible = np.array([track.visible for track in pairs.tracks])[:, None]
    gate = np.where(visible, config.keep_iou, config.match_iou)
    overlaps = (iou > 0) & (iou >= gate) & (visible | strong)
    close = pairs.motion()
    near = (close > 0) & (similarity >= config.reid_similarity) & strong
    allowed = pairs.same_concept() & (similarity >= config.min_similarity)
    if pairs.observations.memory_predictions:
        memory = pairs.memory
        overlaps |= visible & (memory.iou > 0) & (memory.iou >= gate)
        near &= ~memory.contradicts
        found = allowed & strong & memory.supports
        allowed &= visible | found | ~(found.any(axis=1, keepdims=True) | claimed)
    weights = (
        iou
        + config.appearance_weight * pairs.appearance()
        + PROXIMITY_WEIGHT * close
        + TIE_BREAK * np.array([item.score for item in pairs.detections])[None]
        + STAY_BONUS * visible
    )
    return assign(np.where(allowed & (overlaps | near), weights**CERTAINTY, 0.0))


def match_found(pairs: Candidates) -> Pairs:
    """Find tracks where a confident memory prediction and a detection agree.

    Args:
        pairs: Tracks that nothing continues so far, LOST ones included, and strong detections.
    """
    allowed = pairs.memory.supports & (pairs.similarity >= pairs.config.min_similarity)
    return assign(np.where(allowed, pairs.memory.iou + pairs.similarity, 0.0))


def match_close(pairs: Candidates) -> Pairs:
    """Find tracks that vanished lately in detections close by that nothing else explains.

    Partly hidden objects look less alike than ``reid_similarity``, and jump when another part
    comes into view. Such a detection is rather the track than a new object, unless the memory
    denies it.

    Args:
        pairs: Confirmed tracks that nothing continues so far, none of them LOST, and strong
            detections.
    """
    close = pairs.motion()
    predicted = pairs.observations.memory_predictions
    looked = np.array([track.track_id in predicted for track in pairs.tracks])[:, None]
    allowed = pairs.same_concept() & (pairs.similarity >= pairs.config.min_similarity)
    allowed &= (close > 0) & (pairs.appearance() > 0) & looked & ~pairs.memory.contradicts
    return assign(np.where(allowed, close + pairs.similarity, 0.0))


def match_returned(pairs: Candidates) -> Pairs:
    """Give LOST tracks back to detections that look like them, wherever they are.

    Among equal looks the place where the track was lost decides.

    Args:
        pairs: LOST tracks, and detections that continue no track.
    """
    weights = 1 + pairs.similarity + TIE_BREAK / (1 + pairs.distance())
    allowed = pairs.same_concept() & (pairs.similarity >= pairs.config.reid_similarity)
    return assign(np.where(allowed, weights, 0.0))
