"""Which views of a frame enter the video memory: good ones only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np

from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.cropped_mask import CroppedMask, iou_matrix
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.lifecycle.update import Decision
from efficientsam3_ros.tracking.memory.object_memory import ObjectMemory, View
from efficientsam3_ros.tracking.track import Track

CERTAIN = 10.0
"""Logit of a mask that is known rather than predicted (SAM 3 encodes its prompts so)."""


def admit(
    decision: Decision,
    observations: Observations,
    memory: ObjectMemory,
    room: int,
    force_conditioning: Collection[int],
) -> list[View]:
    """Choose what is remembered.

    A strong detection of a good score is a conditioning view, if the last one is long enough ago
    and the memory does not contradict it; in between it is an ordinary view. A mask of the
    memory's own is an ordinary view if its scores are good. What is hidden or unsure is not
    remembered.

    Args:
        decision: What the frame means for the tracks.
        observations: What the frame shows.
        memory: Knows which objects are remembered already.
        room: How many more objects can be remembered.
        force_conditioning: Tracks whose next strong detection is a conditioning view, as an
            operator pointed there.

    Returns:
        Views of known objects, then of new ones; no two of one concept share a pixel.
    """
    views: list[View] = []
    new: list[View] = []
    for track in decision.tracks.values():
        passed_over = (
            track.track_id in observations.skipped and track.track_id not in force_conditioning
        )
        if track.visible and track.track_id not in decision.ended and not passed_over:
            view = _view(track, decision.matches, observations, memory, force_conditioning)
            if view is not None:
                (views if track.track_id in memory.ring else new).append(view)
    new += [_certain(i, item.region, memory, True) for i, item in decision.births.items()]
    views += new[:room]
    keys = {i: track.key for i, track in decision.tracks.items()}
    keys |= {i: item.key for i, item in decision.births.items()}
    return _exclusive(views, [keys[view.track_id] for view in views])


def _exclusive(views: Sequence[View], concepts: Sequence[str]) -> list[View]:
    """Leave each pixel to the surest view of a concept (as SAM 3 does before it remembers).

    Args:
        views: N views.
        concepts: N concept keys.
    """
    if not views:
        return []
    logits = np.stack([view.logits for view in views])
    keys = np.array(concepts)
    for key in set(concepts):
        rows = np.flatnonzero(keys == key)
        own = logits[rows].argmax(axis=0)[None] == np.arange(len(rows))[:, None, None]
        logits[rows] = np.where(own, logits[rows], np.minimum(logits[rows], -CERTAIN))
    return [replace(view, logits=mask) for view, mask in zip(views, logits)]


def _view(
    track: Track,
    matches: Mapping[int, Detection],
    observations: Observations,
    memory: ObjectMemory,
    force_conditioning: Collection[int],
) -> View | None:
    """Return what is worth remembering of a visible track."""
    config, prediction = observations.config, observations.prediction(track)
    good = prediction is not None and prediction.good(config)
    pointer = prediction.pointer if prediction is not None and good else None
    detection = matches.get(track.track_id)
    if detection is not None and observations.strong(detection):
        known = track.track_id in memory.ring
        due = not known or track.track_id in force_conditioning
        sound = detection.score >= config.recondition_score
        if due or (sound and _refreshes(track, detection, observations, memory)):
            return _certain(track.track_id, detection.region, memory, True, pointer)
        if sound and track.region is detection.region:
            return _certain(track.track_id, detection.region, memory, False, pointer)
    if prediction is not None and good:
        return View(track.track_id, prediction.logits, prediction.object_score, False, pointer)
    return None


def _refreshes(
    track: Track, detection: Detection, observations: Observations, memory: ObjectMemory
) -> bool:
    """Whether a detection is to become a conditioning view: time for one, and no contradiction."""
    config, prediction = observations.config, observations.prediction(track)
    waited = observations.frame - memory.ring.conditioned(track.track_id)
    if waited < config.recondition_every:
        return False
    if prediction is None or not prediction.visible(config):
        return True
    return bool(
        iou_matrix([prediction.region], [detection.region])[0, 0] >= config.recondition_iou
    )


def _certain(
    track_id: int,
    region: CroppedMask,
    memory: ObjectMemory,
    conditioning: bool,
    pointer: np.ndarray | None = None,
) -> View:
    """Return the view of a mask that the detector gave."""
    height, width = memory.layout.mask
    mask = region.mask().astype(np.float32)
    share = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    return View(track_id, (2 * share - 1) * CERTAIN, 1.0, conditioning, pointer)
