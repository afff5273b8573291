"""Miniature videos of moving boxes, a tiny tracker as teacher, and a distillation of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
import json
from pathlib import Path
from unittest import mock

import cv2
from lightning_fabric import Fabric
from miniatures import to_coco
import numpy as np
from tiny_stage1 import SIZE, WIDTH, tiny_config, tiny_students
import torch

from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig, PerceiverConfig
from efficientsam3_ros.model.memory.prompts import PromptCode
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from training.data.clips.clips import Stage
from training.encoder.config import StudentPlan
from training.network.trained_parts import TrainedPart
from training.video import network, trainer
from training.video.config import VideoDataConfig, VideoRunConfig, VideoScheduleConfig
from training.video.trainer import VideoTrainer

HEIGHT, COLUMNS = 96, 128


def write_sav(root: Path, videos: int = 3, annotated: int = 4) -> Path:
    """Write SA-V train: two boxes that move; the second is gone from the third annotation on."""
    for video in range(1, videos + 1):
        name, count = f'sav_{video:06d}', 4 * annotated - 3
        (root / name).mkdir(parents=True)
        for n in range(count):
            rgb = np.full((HEIGHT, COLUMNS, 3), 100, np.uint8)
            for color, mask in zip(((200, 20, 20), (20, 20, 200)), boxes(video, n)):
                rgb[mask] = color
            assert cv2.imwrite(str(root / name / f'{n:05d}.jpg'), rgb[..., ::-1])
        masklet = [
            [to_coco(mask) for mask in boxes(video, 4 * t)[: 2 if t < 2 else 1]]
            + ([None] if t >= 2 else [])
            for t in range(annotated)
        ]
        about = {
            'video_id': name,
            'video_frame_count': count,
            'masklet': masklet,
            'masklet_id': [0, 1],
            'masklet_num': 2,
        }
        (root / f'{name}_manual.json').write_text(json.dumps(about))
    return root


def boxes(video: int, n: int) -> list[np.ndarray]:
    """Return the masks of picture n of a video; the second ends after picture 7."""
    masks = np.zeros((2, HEIGHT, COLUMNS), bool)
    masks[0, 10 + n : 50 + n, 4 * video + n : 4 * video + n + 40] = True
    if n < 8:
        masks[1, 40:80, 70 - n : 110 - n] = True
    return list(masks)


def tiny_memory(config: object, kind: str) -> MemoryConfig:
    """Return what stands for the memory of every student."""
    return MemoryConfig(
        kind=kind,  # type: ignore[arg-type]
        grid=(8, 8),
        width=WIDTH,
        memory_width=16,
        attention_layers=1 if kind == 'perceiver' else 2,
        attention_width=WIDTH,
        feedforward=32,
        conditioning_slots=1,
        recent_slots=2,
        pointer_slots=2,
        fuser_layers=1,
        mask_upsampling=1,
        perceiver=PerceiverConfig(4, (4, 4), depth=1),
        decoder=MaskDecoderConfig(
            layers=1,
            heads=2,
            feedforward=32,
            hypotheses=2,
            upscaling=(16, 8),
            level_channels=(WIDTH, WIDTH),
        ),
    )


def tiny_base(folder: str, size: int) -> tuple[Student, VideoMemory]:
    """Return what stands for converted weights with SAM 3's tracker."""
    torch.manual_seed(3)
    student = Student(replace(tiny_config('es_rv_s', size=size), tracker_neck=True))
    memory = VideoMemory(tiny_memory(student, 'dense'))
    return student.eval(), memory.eval()


def tiny_code(folder: str) -> PromptCode:
    """Return what stands for the prompts of SAM 3's tracker."""
    torch.manual_seed(4)
    code = PromptCode(WIDTH)
    code.labels.normal_()
    return code


@contextmanager
def tiny_trackers() -> Iterator[None]:
    """Let every student, its memory and its base be tiny ones."""
    with (
        tiny_students(),
        mock.patch.object(network, 'student_memory', tiny_memory),
        mock.patch.object(trainer, 'load_base', tiny_base),
        mock.patch.object(trainer, 'load_code', tiny_code),
    ):
        yield


def run_config(teacher: Path, sav: Path, **changes: object) -> VideoRunConfig:
    """Return settings of a run of four steps of a clip."""
    config = VideoRunConfig(
        teacher=str(teacher),
        base='tiny',
        size=SIZE,
        threads=1,
        workers=0,
        student=StudentPlan('es_ev_s'),
        trained=[TrainedPart('image_encoder.neck.head', 0.2), TrainedPart('memory')],
        data=VideoDataConfig(sav=str(sav), validation_clips=1, validation_frames=3),
        schedule=VideoScheduleConfig(
            warmup=1,
            learning_rate=3e-3,
            ema=0.9,
            accumulate=1,
            checkpoint_every=1000,
            validate_every=1000,
            stages=[Stage(2, 1, 2, 2), Stage(3, 2, 2, 4)],
        ),
    )
    return replace(config, **changes)  # type: ignore[arg-type]


def video_trainer(config: VideoRunConfig, folder: Path) -> VideoTrainer:
    """Return a run."""
    with tiny_trackers():
        return VideoTrainer(config, folder, Fabric(accelerator='cpu', devices=1))
