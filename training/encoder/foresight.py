"""What can be said of a run whose teacher or data are not there: what is counted, not measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from efficientsam3_ros.model.layers.blank import Blank
from training.encoder.cache.store import bytes_of
from training.encoder.config import EncoderRunConfig
from training.encoder.network import EncoderStudent, student_of
from training.runtime.foreseen import counted, course_table, parameter_table
from training.teacher.blank import blank_teacher
from training.teacher.find import is_there

SIZE = 1008
"""Side of SAM 3's input in pixels."""
TRUNK = (1024, 72, 72)
"""Channels and grid of SAM 3's trunk."""


def foreseen(config: EncoderRunConfig) -> str | None:
    """Return tables of a run that cannot be measured here; None if it can.

    Args:
        config: Settings of the run.
    """
    missing = list(_missing(config))
    if not missing:
        return None
    with torch.device('meta'), Blank():
        student = EncoderStudent(student_of(config.student, SIZE), config.parts)
    neck = None if student.image_encoder is None else student.image_encoder.neck
    if config.student.neck == 'sam3' and neck is not None:
        neck.get_submodule('fpn_layers').requires_grad_(False)
    return counted(missing, _parameters(student), _course(config, student))


def _missing(config: EncoderRunConfig) -> Iterator[str]:
    if not is_there(config.teacher):
        yield f'the teacher {config.teacher}'
    needed = {'image': config.data.sa1b, 'text': config.data.phrases}
    for part in config.parts:
        if not Path(needed[part]).exists():
            yield needed[part]


def _parameters(student: EncoderStudent) -> str:
    parts: dict[str, nn.Module | None] = {}
    if student.image_encoder is not None:
        parts |= {f'image_encoder.{n}': m for n, m in student.image_encoder.named_children()}
    parts['text_encoder'] = student.text_encoder
    found = {name: module for name, module in parts.items() if module is not None}
    return parameter_table(found, student, blank_teacher())


def _course(config: EncoderRunConfig, student: EncoderStudent) -> str:
    schedule, data = config.schedule, config.data
    rows: list[list[str]] = []
    if config.trains('image'):
        seen = schedule.steps * schedule.accumulate * data.pictures
        plan, of_picture = config.prompts, bytes_of(1, TRUNK) / 1e6
        asked = plan.pictures * plan.masks * plan.rounds
        rows += [
            ['pictures seen', f'{seen:,}'],
            ['masks asked a batch, rounds counted', f'{asked}'],
            ['from step', f'{round(plan.begin * schedule.steps):,}'],
            ['disk: a cache of the teacher, MB a picture', f'{of_picture:,.1f}'],
        ]
    if config.trains('text'):
        phrases = schedule.steps * schedule.accumulate * data.phrase_batch
        rows.append(['phrases seen', f'{phrases:,}'])
    return course_table(schedule, rows, student)
