"""Tracks and detections that may belong together, and what speaks for every pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from efficientsam3_ros.tracking.association.observations import Observations
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.cropped_mask import CroppedMask, iou_matrix, overlap_matrix
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.track import Track

FOUND_IOU = 0.5
"""Mask IoU with a confident memory prediction from which a detection is the track."""
FOUND_APPEARANCE = 0.25
"""Appearance affinity that this needs besides: a memory may drift to a neighbouring object."""
APART = 0.3
"""With a smaller part of the smaller mask in common, prediction and detection are apart."""
CONFIRMED_IOU = 0.3
"""Mask IoU with any detection of the concept from which a prediction is confirmed."""
EXPECTED_IOU = 0.8
"""Mask IoU with the track's motion prediction from which it needs no such detection."""


@dataclass(frozen=True, eq=False)
class MemoryEvidence:
    """Confident memory predictions of N tracks, compared with the M unmatched detections.

    Attributes:
        iou: Mask IoU (N, M) with the memory's prediction; 0 where that is not confident.
        supports: Bool (N, M), where the detection is at the prediction and looks like the track.
        contradicts: Bool (N, M), where the detection is another object: the memory predicts the
            track elsewhere, at its expected place or where one of the M detections is an object
            of the concept. Predictions anywhere else are ignored: measured over whole clips, they
            cause more id switches than they prevent. A part of the detection is not elsewhere.
    """

    iou: np.ndarray
    supports: np.ndarray
    contradicts: np.ndarray


@dataclass(frozen=True, eq=False)
class Candidates:
    """The tracks and detections of one stage of the cascade; neither side is ever empty.

    Attributes:
        tracks: N tracks.
        detections: M detections.
        similarity: (N, M) appearance similarity, -1..1.
        observations: What the frame shows.
    """

    tracks: Sequence[Track]
    detections: Sequence[Detection]
    similarity: np.ndarray
    observations: Observations

    @property
    def config(self) -> TrackerConfig:
        """Gates and weights."""
        return self.observations.config

    @cached_property
    def regions(self) -> list[CroppedMask]:
        """M masks of the detections."""
        return [item.region for item in self.detections]

    @cached_property
    def predicted(self) -> list[CroppedMask]:
        """N masks of the tracks, moved to where they are expected in the frame."""
        return [track.predicted(self.observations.frame, self.config) for track in self.tracks]

    def same_concept(self) -> np.ndarray:
        """Return bool (N, M): whether both were asked for in the same words."""
        rows = np.array([track.key for track in self.tracks])[:, None]
        return np.asarray(rows == np.array([item.key for item in self.detections])[None])

    def appearance(self) -> np.ndarray:
        """Stretch the similarities that tell objects of one concept apart to 0..1."""
        floor = self.config.similarity_floor
        return np.asarray(np.clip((self.similarity - floor) / (1 - floor), 0.0, 1.0))

    def distance(self) -> np.ndarray:
        """Return the distance (N, M) from the last place, in diagonals of the track."""
        size = np.array([max(track.region.diagonal, 1.0) for track in self.tracks])[:, None]
        return np.asarray(np.linalg.norm(self._last() - self._centers(), axis=-1) / size)

    def motion(self) -> np.ndarray:
        """Return (N, M), 1 where the track is expected, falling to 0 at the limit of reach.

        It is expected where its speed would bring it, and also where it was: things are stopped
        and put back.
        """
        frame, config = self.observations.frame, self.config
        last, new = self._last(), self._centers()
        moved = np.array([track.displacement(frame, config) for track in self.tracks])[:, None]
        gap = np.minimum(
            np.linalg.norm(last + moved - new, axis=-1), np.linalg.norm(last - new, axis=-1)
        )
        frames = np.array([frame - track.last_seen for track in self.tracks])
        size = np.array([track.region.diagonal for track in self.tracks])
        limit = np.maximum(config.reach * size * frames, 1e-6)[:, None]
        return np.asarray(np.maximum(0.0, 1 - gap / limit))

    @cached_property
    def memory(self) -> MemoryEvidence:
        """Compare the memory's predictions with the detections that are no other track yet."""
        nothing = CroppedMask.empty(self.regions[0].height, self.regions[0].width)
        predictions = [self.observations.prediction(track) for track in self.tracks]
        rows = [p.region if p and p.confident(self.config) else nothing for p in predictions]
        iou = iou_matrix(rows, self.regions)
        areas = np.array([row.area for row in rows])[:, None]
        smaller = np.minimum(areas, np.array([region.area for region in self.regions])[None])
        apart = overlap_matrix(rows, self.regions) < APART * smaller
        same = self.same_concept()
        confirmed = (same & (iou >= CONFIRMED_IOU)).any(axis=1, keepdims=True)
        kept = [iou_matrix([row], [place])[0, 0] for row, place in zip(rows, self.predicted)]
        expected = np.array(kept)[:, None] >= EXPECTED_IOU
        supports = same & (self.appearance() >= FOUND_APPEARANCE) & (iou >= FOUND_IOU)
        return MemoryEvidence(iou, supports, apart & (confirmed | expected))

    def _last(self) -> np.ndarray:
        return np.array([track.region.center for track in self.tracks])[:, None]

    def _centers(self) -> np.ndarray:
        return np.array([item.region.center for item in self.detections])[None]
