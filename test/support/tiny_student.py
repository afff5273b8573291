"""One of the nine students so small that it is exported within seconds, and its video half.

An export takes as long as its graph has nodes, whatever their sizes: one layer of each kind.
"""

from __future__ import annotations

from random_weights import randomize_norms
from sam3_heads import randomize
import torch

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
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
# The first two blocks of the others' stages differ.
_BLOCKS = {'tiny_vit_5m_224': 1}


def tiny_student(trunk: str, neck: NeckName, tracker_neck: bool = False) -> Student:
    """Return a student with every kind of block and a small head; levels are of one size."""
    torch.manual_seed(0)
    text = TextSpec('tiny', 3, 32, 4, repmixer=True)
    size = SIZES[neck]
    config = StudentConfig(
        'tiny', TRUNKS[trunk], text, neck, size, 16, DETECTOR, tracker_neck=tracker_neck
    )
    student = Student(config).eval()
    assert config.grid == GRID
    for stage in student.image_encoder.trunk.stages:
        stage.blocks = stage.blocks[: _BLOCKS.get(trunk, 2)]
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
            layers=1,
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
