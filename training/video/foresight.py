"""What can be said of a video distillation whose teacher or data are not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.model.layers.blank import Blank
from training.runtime.counting import count, counts, training_megabytes
from training.teacher.blank import blank_teacher
from training.teacher.find import is_there
from training.trained_parts import freeze_all_but
from training.video.config import VideoRunConfig
from training.video.network import StudentVideo, video_student


def foreseen(config: VideoRunConfig) -> str | None:
    """Return tables of a run that cannot be measured here; None if it can.

    Args:
        config: Settings of the run.
    """
    missing = list(_missing(config))
    if not missing:
        return None
    with torch.device('meta'), Blank():
        network = video_student(config)
    freeze_all_but(network, config.trained)
    note = (
        f'Counted, not measured, for these are not there: {", ".join(missing)}. Where they are, '
        'the same command measures memory and time.'
    )
    return '\n\n'.join([_parameters(config, network), _course(config, network), note])


def _missing(config: VideoRunConfig) -> Iterator[str]:
    data = config.data
    if config.teacher and not is_there(config.teacher):
        yield f'the teacher {config.teacher}'
    if config.teacher and not config.base:
        yield "base, weights with SAM 3's tracker"
    named = (data.sav, *data.others, data.validation, config.base, *config.initialize_from)
    for name in named:
        if name and not Path(name).exists():
            yield name


def _parameters(config: VideoRunConfig, network: StudentVideo) -> str:
    rows = [['part', 'trained', 'frozen']]
    for child, module in network.named_children():
        rows += [[f'{child}.{name}', *counts(part)] for name, part in module.named_children()]
    rows.append(['all that learns', *counts(network)])
    teacher = blank_teacher() if config.teacher else None
    if teacher is not None:
        rows.append(['teacher, by its published shape', '0', f'{count(teacher):,}'])
    return text_table(rows, 1)


def _course(config: VideoRunConfig, network: StudentVideo) -> str:
    schedule = config.schedule
    rows = [
        ['the run, one process', ''],
        ['steps', f'{schedule.steps:,}'],
        ['batches a step', f'{schedule.accumulate}'],
    ]
    first = clips = frames = 0
    for stage in schedule.stages:
        own = (stage.until - first) * schedule.accumulate * stage.clips
        rows.append([f'clips of {stage.frames} frames, {stage.objects} objects', f'{own:,}'])
        clips, frames, first = clips + own, frames + own * stage.frames, stage.until
    rows += [
        ['clips seen', f'{clips:,}'],
        ['frames seen', f'{frames:,}'],
        ['latents of a remembered frame', f'{network.memory.config.latents:,}'],
        ['memory: weights, gradients, optimizer, MB', f'{training_megabytes(network):,.1f}'],
    ]
    return text_table(rows, 1)
