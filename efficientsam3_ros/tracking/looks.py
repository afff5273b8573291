"""How tracks are recognised by what they look like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection


class Looks(Protocol):
    """Compares tracks with detections; bounded, whatever the length of the video.

    ``reid.AppearanceMemory``, a gallery of the detector's embeddings, is the one in use. It helps
    where detections alone make tracks, and gives ids back where the video memory
    (``propagation.ObjectMemory``) has lost an object.
    """

    def remember(self, track_id: int, detection: Detection, config: TrackerConfig) -> None:
        """Take in a good view of a track."""
        ...

    def similarity(self, track_ids: Sequence[int], detections: Sequence[Detection]) -> np.ndarray:
        """Return float64 (len(track_ids), len(detections)) in -1..1; 1 is the same object."""
        ...

    def forget(self, track_id: int) -> None:
        """Free what is known of a track; an unknown id is ignored."""
        ...
