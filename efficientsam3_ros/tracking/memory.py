"""What is remembered of a track beside its last mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection import Detection


class Memory(Protocol):
    """Recognises tracks; bounded, whatever the length of the video.

    The appearance gallery (``reid.AppearanceMemory``) is the present one. A memory that also
    predicts masks (the Perceiver memory) remembers latents here and compares by its own score.
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
