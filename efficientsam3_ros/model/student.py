"""One of the nine students: what it consists of, and the network itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import nn

from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.detector.geometry_encoder import GeometryEncoder
from efficientsam3_ros.model.detector.sam3_detector import Sam3Detector
from efficientsam3_ros.model.image.student_image_encoder import (
    NECKS,
    NeckName,
    StudentImageEncoder,
    grid_side,
)
from efficientsam3_ros.model.image.trunks import STRIDES, TrunkSpec
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.text.mobileclip import MobileClipTextEncoder, TextSpec

SMALLEST_SIZE = 112
"""Below, the lean neck's grid has fewer than four cells per side."""


def sam3_preprocess(size: int) -> Preprocess:
    """Return SAM 3's image preparation: squash to a square, mean and deviation 0.5."""
    return Preprocess(size, size, resize='antialiased')


@dataclass(frozen=True)
class StudentConfig:
    """Everything that distinguishes one of the nine students from another.

    Attributes:
        name: E.g. ``es_ev_m``.
        trunk: Image trunk.
        text: Text encoder.
        neck: ``sam3`` for upstream's weights, ``lean`` for ours.
        size: Side of the square input image in pixels.
        context: Tokens of a phrase, 16 or 32 in released weights.
        detector: Everything behind the neck.
        tracker_neck: Whether the neck makes levels for a tracker of its own, as SAM 3's does.
        trunk_width: Channels of the neck ``sam3`` in the place of SAM 3's trunk; its own when
            absent.
        memory: Sizes of its video memory; SAM 3's when absent.

    Raises:
        ValueError: If the neck is unknown or has no levels for a tracker, a size is too small, or
            the neck ``lean`` lacks a map of the trunk.
    """

    name: str
    trunk: TrunkSpec
    text: TextSpec
    neck: NeckName = 'sam3'
    size: int = 1008
    context: int = 16
    detector: DetectorConfig = field(default_factory=DetectorConfig)
    tracker_neck: bool = False
    trunk_width: int | None = None
    memory: MemoryConfig | None = None

    def __post_init__(self) -> None:
        if self.neck not in NECKS:
            raise ValueError(f'Unknown neck "{self.neck}"; known are {", ".join(NECKS)}.')
        if self.tracker_neck and self.neck != 'sam3':
            raise ValueError(
                f'The neck "{self.neck}" has no levels of a tracker\'s own; leave tracker_neck '
                "out, the detector's levels serve both."
            )
        if self.neck == 'lean' and len(self.trunk.channels) < len(STRIDES):
            raise ValueError('The neck "lean" reads all maps of the trunk; keep stride 32.')
        if self.size < SMALLEST_SIZE:
            raise ValueError(
                f'An input of {self.size} pixels is too small; give at least {SMALLEST_SIZE}.'
            )
        if self.context < 3:
            raise ValueError(f'A context of {self.context} tokens holds no word; give 16 or 32.')

    @property
    def grid(self) -> int:
        """Cells per side of the coarsest level, G."""
        return grid_side(self.neck, self.size)


def student_image_encoder(config: StudentConfig) -> StudentImageEncoder:
    """Return a student's trunk and neck, as training builds them without the rest, too."""
    return StudentImageEncoder(
        config.trunk,
        config.neck,
        config.size,
        config.detector.width,
        config.tracker_neck,
        config.trunk_width,
    )


class Student(nn.Module):
    """The whole network; its four children are what an export writes.

    Args:
        config: What it consists of.
    """

    def __init__(self, config: StudentConfig) -> None:
        super().__init__()
        width = config.detector.width
        self.config = config
        self.image_encoder = student_image_encoder(config)
        self.text_encoder = MobileClipTextEncoder(config.text, config.context, width)
        self.exemplar_encoder = GeometryEncoder(config.detector)
        self.detector = Sam3Detector(config.detector)
