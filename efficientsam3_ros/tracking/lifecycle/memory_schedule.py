"""Which tracks the video memory skips in a frame, as its answer would change nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
import math

import numpy as np

from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.cropped_mask import iou_matrix
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.lifecycle.update import may_carry
from efficientsam3_ros.tracking.memory.memory_ring import MemoryRing
from efficientsam3_ros.tracking.track import Track

PLAIN_IOU = 0.5
"""Mask IoU with its prediction from which a detection is the track, if nothing else overlaps."""


def skipped(
    tracks: Sequence[Track],
    followed: Collection[int],
    observations: Observations,
    ring: MemoryRing,
) -> frozenset[int]:
    """Choose the tracks whose memory is not run in a frame; with masks from it no visible one.

    These are visible ones that a detection plainly continues, except for those whose turn it is
    to be remembered (each one every ``remember_every`` frames, spread over the frames so that
    all cost alike, whether or not the memory then takes it in), and hidden ones that no detection
    could be and the memory may not show.

    Args:
        tracks: All tracks as before the frame.
        followed: Ids of those that may be propagated.
        observations: The frame's detections.
        ring: Knows when each was last propagated.

    Returns:
        Ids out of ``followed``.
    """
    strong = [item for item in observations.detections or () if observations.strong(item)]
    alive = [track for track in tracks if not observations.lost(track)]
    plain = _plainly_continued(alive, strong, observations)
    claimed = {id(item) for item in plain.values()}
    open_keys = {item.key for item in strong if id(item) not in claimed}
    idle = {
        track.track_id
        for track in tracks
        if not track.visible
        and track.key not in open_keys
        and not may_carry(track.missed(), observations)
    }
    if observations.config.mask_from == 'detection':
        known = plain.keys() & set(followed)
        idle |= known - _turns(known, ring, observations)
    return frozenset(idle & set(followed))


def _plainly_continued(
    tracks: Sequence[Track], detections: Sequence[Detection], observations: Observations
) -> Mapping[int, Detection]:
    """Return visible tracks with the detection that no other track could be, nor it another.

    Args:
        tracks: N tracks.
        detections: M detections.
        observations: The frame.
    """
    plain: dict[int, Detection] = {}
    for key in {track.key for track in tracks}:
        rows = [track for track in tracks if track.key == key]
        found = [item for item in detections if item.key == key]
        places = [track.predicted(observations.frame, observations.config) for track in rows]
        iou = iou_matrix(places, [item.region for item in found])
        touching = iou > 0
        alone = touching & (touching.sum(0) == 1)[None] & (touching.sum(1) == 1)[:, None]
        for row, column in np.argwhere(alone & (iou >= PLAIN_IOU)):
            if rows[row].visible:
                plain[rows[row].track_id] = found[column]
    return plain


def _turns(plain: Collection[int], ring: MemoryRing, observations: Observations) -> set[int]:
    """Return the tracks whose turn to be remembered it is, those that waited longest."""
    every = observations.config.remember_every
    waited = {i: observations.frame - ring.last_propagated(i) for i in plain}
    due = [i for i in plain if waited[i] >= every]
    places = math.ceil(len(plain) / every)
    return set(sorted(due, key=lambda i: (-waited[i], i))[:places])
