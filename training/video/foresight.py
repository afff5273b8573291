"""What can be said of a video distillation whose teacher or data are not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from efficientsam3_ros.model.layers.blank import Blank
from training.network.trained_parts import freeze_all_but
from training.runtime.foreseen import counted, course_table, parameter_table
from training.teacher.blank import blank_teacher
from training.teacher.find import is_there
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
    return counted(missing, _parameters(config, network), _course(config, network))


def _missing(config: VideoRunConfig) -> Iterator[str]:
    if config.teacher and not is_there(config.teacher):
        yield f'the teacher {config.teacher}'
    if (config.teacher or config.prompts.points) and not config.base:
        yield "base, weights with SAM 3's tracker"
    for name in (*config.read(), config.base, *config.initialize_from):
        if name and not Path(name).exists():
            yield name


def _parameters(config: VideoRunConfig, network: StudentVideo) -> str:
    parts = {
        f'{child}.{name}': part
        for child, module in network.named_children()
        for name, part in module.named_children()
    }
    return parameter_table(parts, network, blank_teacher() if config.teacher else None)


def _course(config: VideoRunConfig, network: StudentVideo) -> str:
    schedule, share = config.schedule, config.data.picture_share
    seen: list[list[str]] = []
    first = clips = frames = 0
    for stage in schedule.stages:
        own = (stage.until - first) * schedule.accumulate * stage.clips
        seen.append([f'clips of {stage.frames} frames, {stage.objects} objects', f'{own:,}'])
        clips, first = clips + own, stage.until
        frames += round(own * (share + (1 - share) * stage.frames))
    seen += [
        ['clips seen', f'{clips:,}'],
        ['frames seen', f'{frames:,}'],
        ['latents of a remembered frame', f'{network.memory.config.latents:,}'],
    ]
    return course_table(schedule, seen, network)
