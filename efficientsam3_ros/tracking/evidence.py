"""What one frame shows of all objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from efficientsam3_ros.tracking.detection import Detection
from efficientsam3_ros.tracking.propagation import Sighting


@dataclass(frozen=True)
class Evidence:
    """What one frame shows.

    Attributes:
        frame: Frame number.
        detections: Those above ``keep_ratio`` times the threshold; None if none were sought.
        thresholds: Concept key to detection threshold.
        sightings: Track id to what its memory sees; empty without a video memory.
        spared: Tracks that a detection plainly continues, so that the memory was not asked.
    """

    frame: int
    detections: Sequence[Detection] | None
    thresholds: Mapping[str, float]
    sightings: Mapping[int, Sighting] = field(default_factory=dict)
    spared: frozenset[int] = frozenset()

    @property
    def remembering(self) -> bool:
        """Whether a video memory follows any of the tracks."""
        return bool(self.sightings or self.spared)

    def strong(self, detection: Detection) -> bool:
        """Whether the score reaches the threshold of its concept."""
        return detection.score >= self.thresholds[detection.key]
