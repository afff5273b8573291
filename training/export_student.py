r"""Exports a fine-tuned student as a bundle, with the video memory of its stage 2.

Examples:
    python -m training.export_student --run runs/es_ev_m_stage3/best.pt --out bundles/mine
    python -m training.export_student --run runs/es_ev_m_stage3/best.pt \
        --memory runs/es_ev_m_stage2/best.pt --out bundles/mine
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
import sys
from typing import Any

import torch
from torch import Tensor

from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind
from efficientsam3_ros.model.export.bundle import ExportOptions, export_bundle
from efficientsam3_ros.model.export.memory_export import memory_layout
from efficientsam3_ros.model.export.student import folded_plans, student_manifest
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.student import Student
from efficientsam3_ros.model.weights.store import LICENSE
from training.encoder.config import StudentPlan
from training.encoder.network import student_of
from training.network.initial_weights import WeightError
from training.settings.command_line import run_command
from training.settings.reading import build

_MEMORY, _LEVELS = 'memory.', 'image_encoder.neck.tracker_layers.'
_LEARNED_TOGETHER = ('image_encoder.trunk.', 'image_encoder.neck.head.')
"""What the tracker's levels are made of: the memory knows no other."""
_EXEMPLARS = 16


def _entries(path: Path, made_by: str) -> Mapping[str, Any]:
    if not path.is_file():
        raise WeightError(f'{path} does not exist; name the best.pt of {made_by}.')
    try:
        found: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
        found['student'], found['average']
    except Exception as error:
        raise WeightError(f'{path} holds no weights of {made_by}: {error}') from error
    return found


def joined(run: Path, memory: Path | None, size: int) -> tuple[Student, VideoMemory | None, float]:
    """Return the student, its memory, and the threshold of its best validation.

    Args:
        run: ``best.pt`` of ``training.stage3``.
        memory: That of ``training.stage2``, on the same trunk.
        size: Side of the input in pixels.

    Raises:
        WeightError: If a file is missing or not whole, or the memory was trained on another trunk.
    """
    entries = _entries(run, 'training.stage3')
    plan = build(StudentPlan, entries['student'], str(run))
    state, video = dict(entries['average']), None
    config = student_of(plan, size)
    if memory is not None:
        other = _entries(memory, 'training.stage2')
        known: dict[str, Tensor] = dict(other['average'])
        _check_same(state, known, run, memory)
        state |= {key: value for key, value in known.items() if key.startswith(_LEVELS)}
        config = replace(config, tracker_neck=True)
        video = VideoMemory(build(MemoryConfig, other['memory'], str(memory)))
        own = {k.removeprefix(_MEMORY): v for k, v in known.items() if k.startswith(_MEMORY)}
        _fill(video, own, memory)
    student = Student(config)
    _fill(student, state, run)
    return student.eval(), video, float(entries.get('threshold', 0.5))


def _check_same(
    state: Mapping[str, Tensor], known: Mapping[str, Tensor], run: Path, memory: Path
) -> None:
    shared = {key for key in state.keys() | known.keys() if key.startswith(_LEARNED_TOGETHER)}
    if not all(k in state and k in known and torch.equal(state[k], known[k]) for k in shared):
        raise WeightError(
            f'{memory} was trained on another trunk than {run} has. Let stage 3 begin with stage '
            '2 (initialize_from) and train neither image_encoder.trunk nor '
            'image_encoder.neck.head.'
        )


def _fill(network: torch.nn.Module, state: Mapping[str, Tensor], path: Path) -> None:
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise WeightError(f'{path} does not fill its network: {error}') from error


def export_student(
    *,
    run: Path,
    out: Path,
    memory: Path | None = None,
    size: int = 1008,
    threshold: float | None = None,
    force: bool = False,
) -> None:
    """Write a bundle.

    Args:
        run: The best.pt of training.stage3.
        out: Bundle folder.
        memory: The best.pt of training.stage2, on the same trunk.
        size: Side of the input in pixels.
        threshold: Detection threshold, 0..1; if absent, that of the best validation.
        force: Replace an older bundle at --out.
    """
    check_output(out, (run, memory), kind=ResultKind.BUNDLE, force=force)
    student, video, chosen = joined(run, memory, size)
    about = student_manifest(student.config, LICENSE, chosen if threshold is None else threshold)
    options = ExportOptions(max_tokens=student.config.context + 2 * _EXEMPLARS + 1)
    layout = None if video is None else memory_layout(video.config)
    with replacing(out) as part:
        manifest = export_bundle(folded_plans(student, video), part, about, options, layout)
    for graph, difference in manifest.parity.items():
        print(f'{graph:18s} max relative difference to torch {difference:.1e}')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.export_student', __doc__, export_student, argv)


if __name__ == '__main__':
    sys.exit(main())
