"""How the video memory's predictions support or contradict pairs of track and detection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.tracking.association.affinity import appearance_affinity, same_concept
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

    @classmethod
    def of(
        cls,
        tracks: Sequence[Track],
        detections: Sequence[Detection],
        similarity: np.ndarray,
        observations: Observations,
        config: TrackerConfig,
    ) -> MemoryEvidence:
        """Compare; neither tracks nor detections are empty.

        Args:
            tracks: N tracks.
            detections: M detections, those that are no other track yet.
            similarity: (N, M) appearance similarity, -1..1.
            observations: The frame, with the memory's predictions.
            config: When a prediction is confident.
        """
        nothing = CroppedMask.empty(detections[0].region.height, detections[0].region.width)
        predictions = [observations.memory_predictions.get(track.track_id) for track in tracks]
        rows = [p.region if p and p.confident(config) else nothing for p in predictions]
        columns = [item.region for item in detections]
        iou = iou_matrix(rows, columns)
        areas = np.array([row.area for row in rows])[:, None]
        smaller = np.minimum(areas, np.array([column.area for column in columns])[None])
        apart = overlap_matrix(rows, columns) < APART * smaller
        same = same_concept(tracks, detections)
        confirmed = (same & (iou >= CONFIRMED_IOU)).any(axis=1, keepdims=True)
        places = [track.predicted(observations.frame, config) for track in tracks]
        kept = [iou_matrix([row], [place])[0, 0] for row, place in zip(rows, places)]
        expected = np.array(kept)[:, None] >= EXPECTED_IOU
        alike = appearance_affinity(similarity, config) >= FOUND_APPEARANCE
        supports = same & alike & (iou >= FOUND_IOU)
        return cls(iou, supports, apart & (confirmed | expected))
