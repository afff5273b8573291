"""Encoder and memory of a student, under the names that checkpoints have."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from efficientsam3_ros.model.image.neck_sam3 import Sam3Neck
from efficientsam3_ros.model.image.student_image_encoder import StudentImageEncoder
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import StudentConfig
from efficientsam3_ros.model.student_memory import student_memory
from training.encoder.network import student_of
from training.video.config import VideoRunConfig


class StudentVideo(nn.Module):
    """What follows objects: the image encoder with the tracker's levels, and the memory.

    Args:
        config: The student, with a tracker's neck.
        memory: The memory.
    """

    def __init__(self, config: StudentConfig, memory: VideoMemory) -> None:
        super().__init__()
        self.config = config
        width = config.detector.width
        self.image_encoder = StudentImageEncoder(
            config.trunk, config.neck, config.size, width, True, config.trunk_width
        )
        self.memory = memory

    def encode(self, images: Tensor) -> tuple[Tensor, ...]:
        """Return the tracker's levels of prepared frames (F, 3, S, S), finest first."""
        encoder, neck = self.image_encoder, self.image_encoder.neck
        assert isinstance(neck, Sam3Neck) and neck.tracker_layers is not None
        trunk = neck.enlarged(encoder.trunk(images))
        return tuple(level(trunk) for level in neck.tracker_layers)


def video_student(config: VideoRunConfig) -> StudentVideo:
    """Return the network of a run with random weights; draws from torch's generator."""
    student = replace(student_of(config.student, config.size), tracker_neck=True)
    return StudentVideo(student, VideoMemory(student_memory(student, config.memory)))
