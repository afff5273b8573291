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
from training.encoder.config import EncoderRunConfig
from training.encoder.network import student_of
from training.memory.prompts.simulation import PromptSimulation
from training.settings.config import EXAMPLES
from training.settings.reading import ConfigError
from training.teacher.blank import blank_teacher
from training.video.config import VideoRunConfig

_SIZE = 1008
_FORWARD, _BOTH = 1, 3
"""A pass forwards; one with its gradient, which costs twice as much."""


@dataclass(frozen=True)
class StageCost:
    """One run.

    Attributes:
        stage: 1, 2 or 3, with the phase of EdgeTAM's recipe where it is not the one on videos.
        pictures: Pictures, or frames, that are seen.
        teacher: Multiply-accumulates of the teacher, all pictures together.
        student: Those of the student, gradients included.
        disk: Bytes of checkpoint and best weights.
    """

    stage: str
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
        _second('2', VideoRunConfig.load(EXAMPLES / 'stage2' / name)),
        _third(ConceptRunConfig.load(EXAMPLES / 'stage3' / name)),
    ]


def phase_costs(student: str) -> list[StageCost]:
    """Return what the other phases of EdgeTAM's recipe take, for one of the nine students."""
    folder, words = EXAMPLES / 'stage2', [f'student.name={student}']
    return [
        _second(f'2, {what}', VideoRunConfig.load(folder / f'edgetam_{file}.yaml', words))
        for file, what in (('image', 'pictures'), ('16', '16 frames'), ('32', '32 frames'))
    ]


def _disk(learning: int, frozen: int = 0) -> float:
    """Return bytes: weights, averaged and best ones, and two moments of what learns."""
    return 4.0 * (5 * learning + 3 * frozen)


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
        stage='1',
        pictures=pictures,
        teacher=pictures * seen + asked * phrase,
        student=pictures * _BOTH * macs.encoder + asked * _BOTH * phrase,
        disk=_disk(sizes.encoder),
    )


def _second(name: str, config: VideoRunConfig) -> StageCost:
    student = student_of(config.student, _SIZE)
    macs, sizes, seen = count_macs(student), count_parameters(student), _seen(config)
    own, dense = (memory_cost(student_memory(student, k)) for k in (config.memory, 'dense'))
    picture, _ = teacher_macs()
    encoder = any(each.part.startswith('image_encoder') for each in config.trained)
    # Clicks are answered by the mask decoder alone, for the teacher as well.
    student_memories = seen.followed * own.total + seen.answers * own.decoder
    teacher = seen.frames * picture + seen.followed * dense.total + seen.answers * dense.decoder
    return StageCost(
        stage=name,
        pictures=seen.frames,
        teacher=teacher if config.teacher else 0.0,
        student=seen.frames * macs.encoder * (_BOTH if encoder else _FORWARD)
        + _BOTH * student_memories,
        disk=_disk(sizes.encoder * encoder + own.parameters, sizes.encoder * (not encoder)),
    )


@dataclass(frozen=True)
class _Seen:
    """Frames, objects that are followed in them, and answers to clicks and boxes."""

    frames: int
    followed: float
    answers: float


def _seen(config: VideoRunConfig) -> _Seen:
    share, begin = config.data.picture_share, 0
    frames, followed, answers = 0.0, 0.0, 0.0
    for stage in config.schedule.stages:
        clips = (stage.until - begin) * config.schedule.accumulate * stage.clips
        begin = stage.until
        for count, length in ((clips * share, 1), (clips * (1 - share), stage.frames)):
            frames += count * length
            followed += count * length * stage.objects * (length > 1)
            answers += count * stage.objects * _answers(config.prompts, length)
    return _Seen(round(frames), followed, answers)


def _answers(asked: PromptSimulation, frames: int) -> float:
    """Return how often an object of a clip is answered to clicks and boxes, in the mean."""
    corrected = (1 + min(asked.frames, frames)) / 2
    return (asked.points if frames > 1 else 1.0) * (1 + corrected * asked.clicks)


def _third(config: ConceptRunConfig) -> StageCost:
    student = student_of(config.student, _SIZE)
    macs, sizes, data = count_macs(student), count_parameters(student), config.data
    pictures = config.schedule.steps * config.schedule.accumulate * data.pictures
    seen, phrase = teacher_macs()
    detector = student.detector, student.grid, student.context
    again = queries_again(*detector) if config.matches_many else 0
    own = macs.encoder + data.phrases * (macs.text + macs.exemplar + macs.detector + again)
    return StageCost(
        stage='3',
        pictures=pictures,
        teacher=pictures * (_FORWARD * seen + data.phrases * phrase),
        student=pictures * _BOTH * own,
        disk=_disk(sizes.total),
    )
