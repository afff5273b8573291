"""The networks of a row: the teacher's weights, and over them what its trainings made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.store import read_info
from efficientsam3_ros.model.weights.video import load_student, load_student_with_tracker
from training.concept.config import ConceptRunConfig
from training.concept.student import initialize
from training.encoder.network import student_of
from training.network.initial_weights import WeightError
from training.proof.plan import TEACHER
from training.proof.rows import Rows
from training.settings.reading import build
from training.video.config import VideoRunConfig
from training.video.network import StudentVideo, video_student


@dataclass(frozen=True)
class Networks:
    """What of a row can be scored.

    Attributes:
        student: For pictures.
        video: For clips; None if the row has no memory of its own.
    """

    student: Student
    video: StudentVideo | None


def networks_of(rows: Rows, name: str) -> Networks:
    """Return the networks of a row, in evaluation mode.

    Raises:
        WeightError: If weights are missing or do not fit.
        WeightsError: If the teacher is damaged.
    """
    teacher = Path(rows.plan.filled(rows.plan.teacher, rows.out))
    preprocess = read_info(teacher).preprocess
    size = preprocess.height
    if name == TEACHER:
        return Networks(load_student(teacher, size), _tracker(teacher, size))
    row = rows.plan.rows[name]
    shared = [rows.plan.filled(word, rows.out) for word in rows.plan.shared]
    config = ConceptRunConfig.load(Path(rows.plan.stages['stage3'].config), shared)
    student = Student(student_of(config.student, size))
    paths = tuple(str(path) for path in rows.weights(name))
    config = replace(config, size=size, base=str(teacher), initialize_from=paths)
    initialize(student, config, preprocess.digest())
    video = _video(rows, name, shared) if row.stage == 'stage2' else None
    return Networks(student.eval(), video)


def _tracker(folder: Path, size: int) -> StudentVideo | None:
    if not read_info(folder).tracker:
        return None
    student, memory = load_student_with_tracker(folder, size)
    network = StudentVideo(student.config, memory)
    network.load_state_dict(
        {
            **{k: v for k, v in student.state_dict().items() if k.startswith('image_encoder.')},
            **{f'memory.{k}': v for k, v in memory.state_dict().items()},
        }
    )
    return network.eval()


def _video(rows: Rows, name: str, shared: list[str]) -> StudentVideo:
    path = rows.best(name)
    settings = rows.settings(rows.plan.rows[name])
    config = VideoRunConfig.load(Path(rows.plan.stages['stage2'].config), [*shared, *settings])
    network = video_student(config)
    try:
        entries = torch.load(path, map_location='cpu', weights_only=True)
        network.memory = VideoMemory(build(MemoryConfig, entries['memory'], str(path)))
        network.load_state_dict(entries['average'])
    except Exception as error:
        raise WeightError(f'{path} holds no encoder with memory: {error}') from error
    return network.eval()
