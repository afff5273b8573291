"""Converted weights as networks: a student, alone or with its tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.prompts import PromptCode
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.student_memory import student_memory
from efficientsam3_ros.model.weights.conversion import convert_prompts, convert_tracker
from efficientsam3_ros.model.weights.errors import WeightsError
from efficientsam3_ros.model.weights.keys.parts import OUR_MEMORY, is_our_tracker
from efficientsam3_ros.model.weights.report import IncompleteError
from efficientsam3_ros.model.weights.store import INPUT_SIZE, load_converted, read_info


def load_student(folder: Path, size: int = INPUT_SIZE) -> Student:
    """Return the student of a folder of converted weights, for images.

    Args:
        folder: Holds what ``efficientsam3 convert`` wrote.
        size: Side of the square input image.

    Raises:
        WeightsError: If a file is missing, damaged, or does not fit what the folder says.
    """
    config, state, _ = load_converted(folder, size)
    with Blank():
        student = Student(config)
    student.load_state_dict(state, strict=True)
    return student.eval()


def load_student_with_tracker(folder: Path, size: int = INPUT_SIZE) -> tuple[Student, VideoMemory]:
    """Return the student with the neck of its tracker, and that tracker as its video half.

    Args:
        folder: Holds what ``efficientsam3 convert --keep-tracker`` or
            ``training.export_teacher`` wrote.
        size: Side of the square input image.

    Raises:
        WeightsError: If a file is missing, damaged, or does not fit what the folder says; if no
            tracker was kept, or keys of it are missing or unknown.
    """
    if not read_info(folder).tracker:
        raise WeightsError(f'{folder} holds no tracker; convert again with --keep-tracker.')
    config, state, tracker = load_converted(folder, size)
    config = replace(config, tracker_neck=True)
    with Blank():
        student, memory = Student(config), VideoMemory(student_memory(config, 'dense'))
    try:
        of_memory, of_neck = _of_tracker(tracker, memory.config)
    except IncompleteError as error:
        raise WeightsError(
            f'{folder} holds no whole tracker of SAM 3. {error} Then convert them again; or do '
            'without the video memory (--memory none).'
        ) from error
    student.load_state_dict({**state, **of_neck}, strict=True)
    memory.load_state_dict(of_memory, strict=True)
    return student.eval(), memory.eval()


def load_prompts(folder: Path) -> PromptCode:
    """Return how SAM 3's tracker is asked by clicks, boxes and earlier masks.

    Args:
        folder: Holds what ``efficientsam3 convert --keep-tracker`` wrote.

    Raises:
        WeightsError: If a file is missing or damaged, or holds no tracker of SAM 3.
    """
    config, _, tracker = load_converted(folder)
    try:
        return convert_prompts(tracker, config.detector.width)
    except IncompleteError as error:
        raise WeightsError(
            f"{folder} holds no prompts of SAM 3's tracker; a tracker that was trained here was "
            f'asked by masks alone. Convert with --keep-tracker, or train without clicks. {error}'
        ) from error


def tracker_state(student: Student, memory: VideoMemory) -> dict[str, Tensor]:
    """Return what is stored of a tracker that was trained here: its memory and its levels.

    Args:
        student: With the tracker's neck.
        memory: Dense, of the sizes of the student.
    """
    levels = {k: v for k, v in student.state_dict().items() if is_our_tracker(k)}
    return {**{f'{OUR_MEMORY}{k}': v for k, v in memory.state_dict().items()}, **levels}


def _of_tracker(
    tracker: Mapping[str, Tensor], config: MemoryConfig
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the states of the memory and of the neck's levels."""
    if not all(is_our_tracker(key) for key in tracker):
        return convert_tracker(tracker, config)
    memory = {k: v for k, v in tracker.items() if k.startswith(OUR_MEMORY)}
    levels = {k: v for k, v in tracker.items() if k not in memory}
    return {k.removeprefix(OUR_MEMORY): v for k, v in memory.items()}, levels
