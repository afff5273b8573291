"""One of the nine students so small that it is exported within seconds, and its video half.

An export takes as long as its graph has nodes, whatever their sizes: one layer of each kind.
"""

from __future__ import annotations

from unittest import mock

from random_weights import randomize_norms
from sam3_heads import randomize
import torch

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.image import neck_sam3, sam3_pyramid
from efficientsam3_ros.model.image.student_image_encoder import NeckName
from efficientsam3_ros.model.image.trunks import TRUNKS
from efficientsam3_ros.model.memory.config import MemoryConfig, MemoryKind
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig, PerceiverConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student, StudentConfig
from efficientsam3_ros.model.text.mobileclip import TextSpec

GRID = 8
# A lean neck's coarsest level has stride 28, upstream's has 14.
SIZES: dict[NeckName, int] = {'sam3': 112, 'lean': 224}
WIDTH = 32
# SAM 3's trunk has 1024 channels: sixty megabytes of weights in each graph and engine.
TRUNK_WIDTH = 64
DETECTOR = DetectorConfig(
    width=WIDTH,
    heads=4,
    feedforward=64,
    fusion_layers=1,
    decoder_layers=1,
    exemplar_layers=1,
    queries=10,
    exemplar_bins=2,
    kept_queries=6,
)
# Blocks of different kinds in each stage; RepViT's later stages have those of its first.
_BLOCKS = {
    'repvit_m0_9': (2, 1, 1, 1),
    'tiny_vit_5m_224': (1, 1, 1, 1),
    'efficientvit_b0': (2, 2, 2, 2),
}


def tiny_student(trunk: str, neck: NeckName, tracker_neck: bool = False) -> Student:
    """Return a student with every kind of block and a small head; levels are of one size."""
    torch.manual_seed(0)
    text = TextSpec('tiny', 3, 32, 4, repmixer=True)
    size = SIZES[neck]
    config = StudentConfig(
        'tiny', TRUNKS[trunk], text, neck, size, 16, DETECTOR, tracker_neck=tracker_neck
    )
    with (
        mock.patch.object(neck_sam3, 'TRUNK_WIDTH', TRUNK_WIDTH),
        mock.patch.object(sam3_pyramid, 'TRUNK_WIDTH', TRUNK_WIDTH),
    ):
        student = Student(config).eval()
    assert config.grid == GRID
    for stage, kinds in zip(student.image_encoder.trunk.stages, _BLOCKS[trunk], strict=True):
        stage.blocks = stage.blocks[:kinds]
    randomize_norms(student.image_encoder)
    randomize(student.detector, seed=1)
    return student


def tiny_video(student: Student, kind: MemoryKind) -> VideoMemory:
    """Return a video half with random weights that let no path hide."""
    grid = student.config.grid
    config = MemoryConfig(
        kind=kind,
        grid=(grid, grid),
        width=WIDTH,
        memory_width=16,
        attention_layers=1,
        attention_width=WIDTH,
        feedforward=32,
        conditioning_slots=1,
        recent_slots=2,
        pointer_slots=2,
        fuser_layers=1,
        mask_upsampling=4 if kind == 'dense' else 1,
        normalized_levels=student.config.neck == 'lean',
        perceiver=PerceiverConfig(8, (4, 4), depth=1),
        decoder=MaskDecoderConfig(
            # The two-way layer of both kinds is the same; one of them is enough to export.
            layers=int(kind == 'perceiver'),
            heads=2,
            feedforward=32,
            hypotheses=2,
            upscaling=(16, 8),
            level_channels=(WIDTH, WIDTH),
        ),
    )
    torch.manual_seed(1)
    memory = VideoMemory(config).eval()
    for parameter in memory.parameters():
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return memory
