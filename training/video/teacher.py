"""SAM 3's tracker as the teacher of a memory: its trunk, the tracker's levels, dense memory."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.memory.prompts import PromptCode
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.video import load_prompts, load_student_with_tracker
from training.network.initial_weights import WeightError
from training.settings.reading import ConfigError
from training.teacher.opening import ImageTeacher


class TrackerTeacher(nn.Module):
    """SAM 3's tracker on frames that SAM 3's trunk sees; frozen.

    Args:
        trunk: SAM 3's image model.
        levels: The tracker's levels of its trunk, finest first.
        memory: The tracker's dense memory.
    """

    def __init__(self, trunk: ImageTeacher, levels: nn.ModuleList, memory: VideoMemory) -> None:
        super().__init__()
        self.model: nn.Module = trunk.model
        self.levels, self.memory = levels, memory
        self._trunk = trunk
        self.requires_grad_(False).eval()

    @torch.no_grad()
    def encode(self, images: Tensor) -> tuple[Tensor, ...]:
        """Return the levels of prepared frames (F, 3, S, S), each (F, width, h, w)."""
        trunk = self._trunk.encode_image(images).trunk
        assert trunk is not None
        return tuple(level(trunk) for level in self.levels)


def load_base(folder: str, size: int) -> tuple[Student, VideoMemory]:
    """Return the student and SAM 3's tracker of converted weights.

    Args:
        folder: Made with ``--keep-tracker``.
        size: Side of the input in pixels.

    Raises:
        WeightError: If the settings name none.
        WeightsError: If it is damaged or holds no tracker.
    """
    if not folder:
        raise WeightError(
            "The teacher needs base: converted weights with SAM 3's tracker. Make them with "
            '"efficientsam3 download es_ev_m_stage1 --keep-tracker --out FOLDER", or train '
            'without a teacher (teacher=).'
        )
    return load_student_with_tracker(Path(folder), size)


def load_code(folder: str) -> PromptCode:
    """Return how SAM 3's tracker is told clicks and boxes.

    Args:
        folder: Of :func:`load_base`.

    Raises:
        WeightError: If the settings name none.
        WeightsError: If it is damaged, or its tracker is not SAM 3's.
    """
    if not folder:
        raise WeightError(
            "Clicks are told in SAM 3's own way: give base, converted weights with its tracker, "
            'or ask by masks alone (prompts.points=0).'
        )
    return load_prompts(Path(folder))


def load_teacher(trunk: ImageTeacher, base: Student, memory: VideoMemory) -> TrackerTeacher:
    """Return the teacher.

    Args:
        trunk: SAM 3's image model.
        base: Its neck holds the tracker's levels.
        memory: The tracker's.

    Raises:
        ConfigError: If the neck has none.
    """
    levels = getattr(base.image_encoder.neck, 'tracker_layers', None)
    if levels is None:
        raise ConfigError("base has no levels of SAM 3's tracker; convert with --keep-tracker.")
    return TrackerTeacher(trunk, levels, memory)
