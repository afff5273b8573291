"""All that one frame says about the objects: detections and memory predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from efficientsam3_ros.core import TrackState
from efficientsam3_ros.tracking.config import TrackerConfig
from efficientsam3_ros.tracking.detection.detector import Detection
from efficientsam3_ros.tracking.memory.object_memory import MemoryPrediction
from efficientsam3_ros.tracking.track import Track


@dataclass(frozen=True)
class Observations:
    """Detections and memory predictions of one frame, and by what they are judged.

    Attributes:
        frame: Frame number.
        config: Gates and weights; without NaN.
        thresholds: Concept key to detection threshold.
        detections: Those above ``keep_ratio`` times the threshold; None if no detector ran.
        memory_predictions: Track id to its memory's prediction; empty without a video memory.
        skipped: Tracks whose memory was not run, as a detection plainly continues them.
    """

    frame: int
    config: TrackerConfig
    thresholds: Mapping[str, float]
    detections: Sequence[Detection] | None = None
    memory_predictions: Mapping[int, MemoryPrediction] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()

    @property
    def remembering(self) -> bool:
        """Whether a video memory follows any of the tracks."""
        return bool(self.memory_predictions or self.skipped)

    def strong(self, detection: Detection) -> bool:
        """Whether the score reaches the threshold of its concept."""
        return detection.score >= self.thresholds[detection.key]

    def prediction(self, track: Track) -> MemoryPrediction | None:
        """Return what the track's memory predicts, if it has one that was run."""
        return self.memory_predictions.get(track.track_id)

    def lost(self, track: Track) -> bool:
        """Whether the track is LOST at this frame."""
        return track.state(self.frame, self.config) is TrackState.LOST
