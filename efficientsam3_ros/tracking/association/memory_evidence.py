"""What the video memory says about which detection is which track."""

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
"""Mask IoU with what the memory surely sees from which a detection is the track."""
FOUND_APPEARANCE = 0.25
"""Likeness that this needs besides: the memory may see an object in its neighbour."""
APART = 0.3
"""With less of the smaller one in common, what the memory surely sees is not the detection."""
CONFIRMED_IOU = 0.3
"""Mask IoU with any detection of the concept from which what the memory sees is confirmed."""
EXPECTED_IOU = 0.8
"""Mask IoU with the track's prediction from which it needs no detection to be believed."""


@dataclass(frozen=True, eq=False)
class MemoryEvidence:
    """What the memory surely sees of N tracks, compared with the M detections that are left.

    Attributes:
        iou: Mask IoU (N, M) with what the memory surely sees; 0 where it is not sure.
        supports: Bool (N, M), where the detection is what it sees, and looks like the track too.
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
            observations: What the memory sees in this frame.
            config: When the memory is sure.
        """
        nothing = CroppedMask.empty(detections[0].region.height, detections[0].region.width)
        seen = [observations.memory_predictions.get(track.track_id) for track in tracks]
        sure = [sight is not None and sight.sure(config) for sight in seen]
        rows = [sight.region if sight and good else nothing for sight, good in zip(seen, sure)]
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
