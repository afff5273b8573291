"""Parameters and multiply-accumulates of a student by part, counted without any weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.detector.geometry_encoder import GeometryEncoder
from efficientsam3_ros.model.detector.sam3_detector import Sam3Detector
from efficientsam3_ros.model.image.student_image_encoder import NeckName, StudentImageEncoder
from efficientsam3_ros.model.image.trunks import Trunk, TrunkSpec
from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.student import StudentConfig
from efficientsam3_ros.model.text.mobileclip import MobileClipTextEncoder, TextSpec

_EXEMPLARS = 1
_META = torch.device('meta')


@dataclass(frozen=True)
class Parts:
    """One figure for each part of a student.

    Attributes:
        trunk: Image trunk.
        neck: From trunk maps to feature levels, upstream's student head included.
        text: Text encoder.
        exemplar: Exemplar encoder.
        fusion: Layers in which image tokens read the prompt.
        decoder: Queries, decoder and presence.
        masks: Mask head and scoring.
    """

    trunk: int
    neck: int
    text: int
    exemplar: int
    fusion: int
    decoder: int
    masks: int

    @property
    def total(self) -> int:
        """All parts."""
        return sum(astuple(self))

    @property
    def encoder(self) -> int:
        """What runs once for a frame: trunk and neck."""
        return self.trunk + self.neck

    @property
    def detector(self) -> int:
        """What runs for every prompt on every frame."""
        return self.fusion + self.decoder + self.masks

    @property
    def image_path(self) -> int:
        """A frame with one prompt; text and exemplars are encoded once and kept."""
        return self.encoder + self.detector


def count_parameters(config: StudentConfig) -> Parts:
    """Count trained numbers."""
    width = config.detector.width
    image = _image(config)
    encoder, detector = _built(StudentImageEncoder, *image), _built(Sam3Detector, config.detector)
    return Parts(
        trunk=_numbers(encoder.trunk),
        neck=_numbers(encoder.neck),
        text=_numbers(_built(MobileClipTextEncoder, config.text, config.context, width)),
        exemplar=_numbers(_built(GeometryEncoder, config.detector)),
        fusion=_numbers(detector.fusion),
        decoder=_numbers(detector.decoder, *_queries(detector)),
        masks=_numbers(detector.mask_head, detector.scoring),
    )


def count_macs(config: StudentConfig) -> Parts:
    """Count multiply-accumulates of matrix products and convolutions.

    For one image and one prompt with one exemplar; resizing, normalisation and activation are not
    counted.
    """
    width = config.detector.width
    image = _image(config)
    fusion, decoder, masks = _detector_macs(config.detector, config.grid, config.context)
    return Parts(
        trunk=_trunk_macs(config.trunk, config.size),
        neck=_neck_macs(*image),
        text=_text_macs(config.text, config.context, width),
        exemplar=_exemplar_macs(config.detector, config.grid),
        fusion=fusion,
        decoder=decoder,
        masks=masks,
    )


def _image(config: StudentConfig) -> tuple[Any, ...]:
    """Return the arguments of its image encoder."""
    width, tracker = config.detector.width, config.tracker_neck
    return config.trunk, config.neck, config.size, width, tracker, config.trunk_width


@cache
def _built(part: type[nn.Module], *arguments: object) -> Any:
    """Return a part without weights; the counter's hooks must not meet gradients."""
    with _META, Blank():
        return part(*arguments).eval().requires_grad_(False)


@cache
def _trunk_macs(trunk: TrunkSpec, size: int) -> int:
    with _META:
        return macs_of(_built(Trunk, trunk), torch.empty(1, 3, size, size))[0]


@cache
def _neck_macs(trunk: TrunkSpec, neck: NeckName, size: int, *rest: Any) -> int:
    with _META:
        encoder = _built(StudentImageEncoder, trunk, neck, size, *rest)
        sides = (-(-size // stride) for stride in (4, 8, 16, 32))
        maps = tuple(torch.empty(1, c, n, n) for c, n in zip(trunk.channels, sides))
        return macs_of(lambda: encoder.neck(maps))[0]


@cache
def _text_macs(text: TextSpec, context: int, width: int) -> int:
    with _META:
        ids = torch.zeros(1, context, dtype=torch.long)
        return macs_of(_built(MobileClipTextEncoder, text, context, width), ids)[0]


@cache
def _exemplar_macs(detector: DetectorConfig, grid: int) -> int:
    with _META:
        slots = (1, _EXEMPLARS)
        labels, valid = torch.zeros(slots, dtype=torch.long), torch.ones(slots)
        level = torch.empty(1, detector.width, grid, grid)
        boxes, points = torch.empty(*slots, 4), torch.empty(*slots, 2)
        exemplars = (boxes, labels, valid, points, labels, valid)
        return macs_of(_built(GeometryEncoder, detector), level, *exemplars)[0]


@cache
def _detector_macs(config: DetectorConfig, grid: int, context: int) -> tuple[int, int, int]:
    """Return the figures of fusion, decoder and masks."""
    with _META:
        levels = (torch.empty(1, config.width, scale * grid, scale * grid) for scale in (4, 2, 1))
        prompt = torch.empty(1, context + 1, config.width), torch.ones(1, context + 1)
        total, by_name = macs_of(_built(Sam3Detector, config), *levels, *prompt)
    found = {name.removeprefix('Sam3Detector.'): macs for name, macs in by_name.items()}
    fusion = sum(found[f'fusion.{n}'] for n in range(config.fusion_layers))
    parts = ('decoder', 'presence', 'query_selection', 'similarity')
    decoder = sum(found.get(name, 0) for name in parts)
    return fusion, decoder, total - fusion - decoder


def _queries(detector: Sam3Detector) -> list[nn.Module]:
    parts = (detector.query_selection, detector.presence, detector.similarity)
    return [part for part in parts if part is not None]


def macs_of(run: Callable[..., object], *inputs: Tensor) -> tuple[int, dict[str, int]]:
    """Return all multiply-accumulates of a call, and those of each module by its name."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        run(*inputs)
    names = {
        name: sum(operations.values()) // 2
        for name, operations in counter.get_flop_counts().items()
    }
    return counter.get_total_flops() // 2, names


def _numbers(*modules: nn.Module) -> int:
    return sum(p.numel() for module in modules for p in module.parameters())
