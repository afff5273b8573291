"""All that one frame says about the objects: detections and memory predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.memory.object_memory import MemoryPrediction


@dataclass(frozen=True)
class Observations:
    """Detections and memory predictions of one frame.

    Attributes:
        frame: Frame number.
        detections: Those above ``keep_ratio`` times the threshold; None if no detector ran.
        thresholds: Concept key to detection threshold.
        memory_predictions: Track id to its memory's prediction; empty without a video memory.
        skipped: Tracks whose memory was not run, as a detection plainly continues them.
    """

    frame: int
    detections: Sequence[Detection] | None
    thresholds: Mapping[str, float]
    memory_predictions: Mapping[int, MemoryPrediction] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()

    @property
    def remembering(self) -> bool:
        """Whether a video memory follows any of the tracks."""
        return bool(self.memory_predictions or self.skipped)

    def strong(self, detection: Detection) -> bool:
        """Whether the score reaches the threshold of its concept."""
        return detection.score >= self.thresholds[detection.key]
