"""A small light student and its bundle."""

from __future__ import annotations

from pathlib import Path

from export_store import ExportStore
import torch

from efficientsam3_ros.core import Manifest, Preprocess, WordTokenizer
from efficientsam3_ros.model.export.bundle import export_bundle
from efficientsam3_ros.model.export.plans import nano_plans
from efficientsam3_ros.model.image.yolox.blocks import ConvSilu
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent

WORDS = ('mug', 'red')
ABOUT = Manifest('tiny', Preprocess(64, 96), WORDS, 6, 32, 0.5, 'Apache-2.0')


def small_nano() -> NanoStudent:
    """Return a student with random weights, in eval mode."""
    torch.manual_seed(0)
    words = WordTokenizer(WORDS, 6).size
    config = NanoConfig(
        input_height=64,
        input_width=96,
        width=32,
        decoder_layers=1,
        vocabulary_size=words,
    )
    student = NanoStudent(config).eval()
    torch.nn.init.normal_(student.detector.similarity.direction)
    _shorten(student.image_encoder.trunk)
    return student


def _shorten(trunk: YoloxTrunk) -> None:
    """Keep the CSP block of the first stage, and leave out those of all others.

    An export takes as long as its graph has nodes.
    """
    body, pyramid = trunk.backbone, trunk.pyramid
    for stage in (body.stage8, body.stage16, body.stage32):
        stage[-1] = torch.nn.Identity()
    for name in ('down16', 'down8', 'up16', 'up32'):
        block = getattr(pyramid, name)
        both = block.main.in_channels, block.merge.out_channels
        setattr(pyramid, name, ConvSilu(*both))


def exported_nano(store: ExportStore, student: NanoStudent) -> Path:
    """Return its bundle, which is not to be written to."""
    return store.get('nano', lambda folder: export_bundle(nano_plans(student), folder, ABOUT))
