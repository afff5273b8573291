"""What can be said of a fine-tuning whose teacher or data are not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.student import Student
from training.concept.config import ConceptRunConfig
from training.encoder.network import student_of
from training.network.trained_parts import freeze_all_but
from training.runtime.foreseen import counted, course_table, parameter_table
from training.teacher.blank import blank_teacher
from training.teacher.find import is_there


def foreseen(config: ConceptRunConfig) -> str | None:
    """Return tables of a run that cannot be measured here; None if it can.

    Args:
        config: Settings of the run.
    """
    missing = list(_missing(config))
    if not missing:
        return None
    with torch.device('meta'), Blank():
        student = Student(student_of(config.student, config.size))
    freeze_all_but(student, config.trained)
    return counted(missing, _parameters(config, student), _course(config, student))


def _missing(config: ConceptRunConfig) -> Iterator[str]:
    data = config.data
    if config.teacher and not is_there(config.teacher):
        yield f'the teacher {config.teacher}'
    read = (data.saco, data.validation, data.veval, data.unlabeled)
    for name in (*read, config.base, *config.initialize_from):
        if name and not Path(name).exists():
            yield name


def _parameters(config: ConceptRunConfig, student: Student) -> str:
    parts = {f'image_encoder.{n}': m for n, m in student.image_encoder.named_children()}
    parts |= {n: m for n, m in student.named_children() if n not in ('image_encoder', 'detector')}
    parts |= {f'detector.{n}': m for n, m in student.detector.named_children()}
    return parameter_table(parts, student, blank_teacher() if config.teacher else None)


def _course(config: ConceptRunConfig, student: Student) -> str:
    schedule, data = config.schedule, config.data
    clips = schedule.steps // data.clip_every * schedule.accumulate if data.veval else 0
    pictures = (schedule.steps * schedule.accumulate - clips) * data.pictures
    seen = [
        ['pictures seen', f'{pictures:,}'],
        ['clips seen', f'{clips:,}'],
        ['phrases asked, at most', f'{(pictures + clips * data.frames) * data.phrases:,}'],
    ]
    return course_table(schedule, seen, student)
