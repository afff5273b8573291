"""One of the nine students so small that it is exported within seconds, and its video half."""

from __future__ import annotations

import torch

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.image.student_image_encoder import NeckName
from efficientsam3_ros.model.image.trunks import TRUNKS
from efficientsam3_ros.model.memory.config import MemoryConfig, MemoryKind
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig, PerceiverConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student, StudentConfig
from efficientsam3_ros.model.text.mobileclip import TextSpec

SIZE = 112
WIDTH = 32
DETECTOR = DetectorConfig(
    width=WIDTH,
    heads=4,
    feedforward=64,
    fusion_layers=1,
    decoder_layers=2,
    exemplar_layers=1,
    queries=10,
    exemplar_bins=2,
    kept_queries=6,
)


def tiny_student(trunk: str, neck: NeckName, tracker_neck: bool = False) -> Student:
    """Return a student with two blocks a stage and a small head: all kinds of layers."""
    torch.manual_seed(0)
    text = TextSpec('tiny', 3, 32, 4, repmixer=True)
    config = StudentConfig(
        'tiny', TRUNKS[trunk], text, neck, SIZE, 16, DETECTOR, tracker_neck=tracker_neck
    )
    student = Student(config).eval()
    for stage in student.image_encoder.trunk.stages:
        stage.blocks = stage.blocks[:2]
    for parameter in student.detector.parameters():
        parameter.data.normal_(0, 0.3)
    return student


def tiny_video(student: Student, kind: MemoryKind) -> VideoMemory:
    """Return a video half with random weights that let no path hide."""
    grid = student.config.grid
    config = MemoryConfig(
        kind=kind,
        grid=(grid, grid),
        width=WIDTH,
        memory_width=16,
        attention_layers=2,
        attention_width=WIDTH,
        feedforward=32,
        conditioning_slots=1,
        recent_slots=2,
        pointer_slots=2,
        fuser_layers=1,
        normalized_levels=student.config.neck == 'lean',
        perceiver=PerceiverConfig(8, (4, 4), places='centres'),
        decoder=MaskDecoderConfig(
            heads=2, feedforward=32, upscaling=(16, 8), level_channels=(WIDTH, WIDTH)
        ),
    )
    torch.manual_seed(1)
    memory = VideoMemory(config).eval()
    for parameter in memory.parameters():
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    return memory
