"""What the three stages of a student compute and keep, counted without weights or data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import torch

from efficientsam3_ros.model.cost.cost import count_macs, count_parameters, macs_of
from efficientsam3_ros.model.cost.memory_cost import memory_cost
from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.detector.sam3_detector import Sam3Detector
from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.student_memory import student_memory
from training.concept.config import ConceptRunConfig
from training.config import EXAMPLES, ConfigError
from training.encoder.config import EncoderRunConfig
from training.encoder.network import student_of
from training.teacher.blank import blank_teacher
from training.video.config import VideoRunConfig

_SIZE = 1008
_FORWARD, _BOTH = 1, 3
"""A pass forwards; one with its gradient, which costs twice as much."""


@dataclass(frozen=True)
class StageCost:
    """One run.

    Attributes:
        stage: 1, 2 or 3.
        pictures: Pictures, or frames, that are seen.
        teacher: Multiply-accumulates of the teacher, all pictures together.
        student: Those of the student, gradients included.
        disk: Bytes of checkpoint and best weights.
    """

    stage: int
    pictures: int
    teacher: float
    student: float
    disk: float

    def gpu_hours(self, tflops: float) -> float:
        """Return how long a GPU takes that sustains so many TFLOP a second."""
        return 2 * (self.teacher + self.student) / (tflops * 1e12) / 3600


@cache
def teacher_macs() -> tuple[int, int]:
    """Return what SAM 3 computes for a picture: its trunk and neck, and one phrase on top.

    Raises:
        ConfigError: If transformers is missing.
    """
    teacher = blank_teacher()
    if teacher is None:
        raise ConfigError('Counting the teacher needs transformers: pip install transformers.')
    with torch.device('meta'):
        image = torch.empty(1, 3, _SIZE, _SIZE)
        seen, _ = macs_of(lambda: teacher.vision_encoder(image))  # type: ignore[operator]
    # Its detector is the students' own.
    return seen, count_macs(student_of(EncoderRunConfig().student, _SIZE)).detector


@cache
def queries_again(config: DetectorConfig, grid: int, context: int) -> int:
    """Return what it takes to decode the queries of a phrase once more, for several a thing.

    Args:
        config: The detector.
        grid: Cells per side of the coarsest level.
        context: Tokens of a phrase.
    """
    with torch.device('meta'), Blank():
        detector = Sam3Detector(config).eval().requires_grad_(False)
        level = torch.empty(1, config.width, grid, grid)
        prompt, valid = torch.empty(1, context + 1, config.width), torch.ones(1, context + 1)
        once, twice = (
            macs_of(partial(detector.detect, level, prompt, valid, more))[0]
            for more in (False, True)
        )
    return twice - once


def stage_costs(student: str) -> list[StageCost]:
    """Return the three runs of one of the nine students, by its settings in ``configs``.

    Raises:
        ConfigError: If there are none.
    """
    name = f'{student}.yaml'
    return [
        _first(EncoderRunConfig.load(EXAMPLES / 'stage1' / name)),
        _second(VideoRunConfig.load(EXAMPLES / 'stage2' / name)),
        _third(ConceptRunConfig.load(EXAMPLES / 'stage3' / name)),
    ]


def _disk(weights: int) -> float:
    """Return bytes: weights, averaged ones, two moments of each, and the best weights."""
    return 4.0 * 5 * weights


def _first(config: EncoderRunConfig) -> StageCost:
    student = student_of(config.student, _SIZE)
    macs, sizes, plan = count_macs(student), count_parameters(student), config.prompts
    pictures = config.schedule.steps * config.schedule.accumulate * config.data.pictures
    seen, phrase = teacher_macs()
    per_batch = min(plan.pictures, config.data.pictures)
    asked = pictures / config.data.pictures * (1 - plan.begin) * per_batch
    asked *= plan.masks * plan.rounds
    # The frozen heads answer for both; gradients pass through them for the student alone.
    return StageCost(
        stage=1,
        pictures=pictures,
        teacher=pictures * seen + asked * phrase,
        student=pictures * _BOTH * macs.encoder + asked * _BOTH * phrase,
        disk=_disk(sizes.encoder),
    )


def _second(config: VideoRunConfig) -> StageCost:
    student = student_of(config.student, _SIZE)
    macs, sizes = count_macs(student), count_parameters(student)
    frames, begin = 0, 0
    followed = 0
    for stage in config.schedule.stages:
        own = (stage.until - begin) * config.schedule.accumulate * stage.clips * stage.frames
        frames, followed, begin = frames + own, followed + own * stage.objects, stage.until
    own_memory, dense = (
        memory_cost(student_memory(student, kind)) for kind in (config.memory, 'dense')
    )
    seen, _ = teacher_macs()
    return StageCost(
        stage=2,
        pictures=frames,
        teacher=frames * seen + followed * dense.total,
        student=_BOTH * (frames * macs.encoder + followed * own_memory.total),
        disk=_disk(sizes.encoder + own_memory.parameters),
    )


def _third(config: ConceptRunConfig) -> StageCost:
    student = student_of(config.student, _SIZE)
    macs, sizes, data = count_macs(student), count_parameters(student), config.data
    pictures = config.schedule.steps * config.schedule.accumulate * data.pictures
    seen, phrase = teacher_macs()
    detector = student.detector, student.grid, student.context
    again = queries_again(*detector) if config.matches_many else 0
    own = macs.encoder + data.phrases * (macs.text + macs.exemplar + macs.detector + again)
    return StageCost(
        stage=3,
        pictures=pictures,
        teacher=pictures * (_FORWARD * seen + data.phrases * phrase),
        student=pictures * _BOTH * own,
        disk=_disk(sizes.total),
    )
