"""Sizes that a whole family of students shares: SAM 3's, or smaller ones for experiments."""

from __future__ import annotations

from dataclasses import dataclass, field

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.text.mobileclip import TextSpec


@dataclass(frozen=True)
class StudentSizes:
    """Sizes of what stands around a student's trunk.

    The defaults are SAM 3's, so that its weights fit. Students of other sizes learn from a
    teacher of the same sizes, which is a larger one of them.

    Attributes:
        trunk_width: Channels in the place of SAM 3's trunk; its own when absent.
        stride: Of the trunk's last map: 32 as published; 16 leaves the last stage out, which
            small images need.
        detector: Everything behind the neck.
        text: Text encoder in the place of the named one.
        memory: Video memory, without its grid; SAM 3's when absent.
    """

    trunk_width: int | None = None
    stride: int = 32
    detector: DetectorConfig = field(default_factory=DetectorConfig)
    text: TextSpec | None = None
    memory: MemoryConfig | None = None
