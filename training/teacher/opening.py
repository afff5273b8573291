"""Opens the teacher that settings name: SAM 3, or a larger student."""

from __future__ import annotations

import torch

from efficientsam3_ros.model.weights.store import INFO_NAME
from training.teacher.find import teacher_folder
from training.teacher.sam3 import Sam3Teacher
from training.teacher.student import StudentTeacher

ImageTeacher = Sam3Teacher | StudentTeacher


def open_teacher(name: str, device: torch.device | str = 'cpu') -> ImageTeacher:
    """Return a teacher, frozen.

    Args:
        name: Folder or repository of SAM 3, see :func:`teacher_folder`; or a folder of
            ``training.export_teacher`` or of converted weights.
        device: Where it runs.

    Raises:
        TeacherError: If there is none, or it is damaged.
        WeightsError: If the weights of a student are.
    """
    folder = teacher_folder(name)
    if (folder / INFO_NAME).is_file():
        return StudentTeacher.load(folder, device)
    return Sam3Teacher(folder, device)
