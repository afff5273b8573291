"""Converted weights as networks: a student, alone or with SAM 3's tracker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from efficientsam3_ros.model.layers.blank import Blank
from efficientsam3_ros.model.memory.student_memory import student_memory
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.conversion import convert_tracker
from efficientsam3_ros.model.weights.errors import WeightsError
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
    """Return the student with the neck of SAM 3's tracker, and that tracker as its video half.

    Args:
        folder: Holds what ``efficientsam3 convert --keep-tracker`` wrote.
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
        of_memory, of_neck = convert_tracker(tracker, memory.config)
    except IncompleteError as error:
        raise WeightsError(
            f'{folder} holds no whole tracker of SAM 3. {error} Then convert them again; or do '
            'without the video memory (--memory none).'
        ) from error
    student.load_state_dict({**state, **of_neck}, strict=True)
    memory.load_state_dict(of_memory, strict=True)
    return student.eval(), memory.eval()
