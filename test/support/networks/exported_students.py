"""Two tiny students with their video halves, and bundles of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
import shutil

from export_store import ExportStore
from tiny_student import tiny_student, tiny_video

from efficientsam3_ros.core import Manifest
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.memory_export import memory_layout
from efficientsam3_ros.model.export.student import folded_plans, student_manifest
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student

OPTIONS = ExportOptions(max_objects=5)
_PROMPTED = ('text_encoder', 'exemplar_encoder', 'detector')


@dataclass(frozen=True)
class Exported:
    """A student, its video half and the bundle of both, which is not to be written to."""

    student: Student
    memory: VideoMemory
    folder: Path


def export(
    student: Student,
    folder: Path,
    memory: VideoMemory,
    options: ExportOptions | None = None,
    **about: float,
) -> None:
    """Write the bundle of a student and its video half."""
    manifest = student_manifest(student.config, 'Apache-2.0', **about)
    export_bundle(
        folded_plans(student, memory), folder, manifest, options, memory_layout(memory.config)
    )


def trained_for_speed(store: ExportStore) -> Exported:
    """Return a student with the lean neck and a Perceiver, exported as a whole."""
    student = tiny_student('repvit_m0_9', 'lean')
    memory = tiny_video(student, 'perceiver')

    def make(folder: Path) -> None:
        export(student, folder, memory, OPTIONS, threshold=0.1)

    return Exported(student, memory, store.get('lean_perceiver', make))


def with_sam3_tracker(store: ExportStore) -> Exported:
    """Return a student with SAM 3's tracker and the tracker's own neck.

    Its graphs of prompts and detections are those of the other one.
    """
    other = trained_for_speed(store)
    student = _with_heads_of(other, tiny_student('efficientvit_b0', 'sam3', tracker_neck=True))
    memory = tiny_video(student, 'dense')
    plans = folded_plans(student, memory)
    own = {name: plan for name, plan in plans.items() if name not in _PROMPTED}

    def make(folder: Path) -> None:
        about = _begun(folder, other, student)
        export_bundle(own, folder, about, OPTIONS, memory_layout(memory.config))

    return Exported(student, memory, store.get('sam3_dense', make))


def with_tiny_vit(store: ExportStore) -> tuple[Student, Path]:
    """Return a student with the third kind of trunk, without a video half, and its bundle."""
    other = trained_for_speed(store)
    student = _with_heads_of(other, tiny_student('tiny_vit_5m_224', 'sam3'))
    own = {'image_encoder': folded_plans(student)['image_encoder']}

    def make(folder: Path) -> None:
        export_bundle(own, folder, _begun(folder, other, student), OPTIONS)

    return student, store.get('sam3_tiny_vit', make)


def _with_heads_of(other: Exported, student: Student) -> Student:
    for name in _PROMPTED:
        getattr(student, name).load_state_dict(getattr(other.student, name).state_dict())
    return student


def _begun(folder: Path, other: Exported, student: Student) -> Manifest:
    """Copy the graphs that two students share; return what the manifest says so far."""
    kept = Manifest.load(other.folder)
    for name in _PROMPTED:
        shutil.copy(other.folder / kept.graphs[name].file, folder)
    return replace(
        student_manifest(student.config, 'Apache-2.0', kept.threshold),
        graphs={name: kept.graphs[name] for name in _PROMPTED},
        parity={name: kept.parity[name] for name in _PROMPTED},
    )
