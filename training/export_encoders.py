r"""Puts encoders of stage 1 into converted weights of a student, which efficientsam3 export reads.

What stands behind the encoders is SAM 3's own and the same for all students: the converted weights
of any of them bring it. Where only one encoder is given, the other one stays theirs.

Examples:
    efficientsam3 download es_ev_m_stage1 --keep-tracker --out weights/base
    python -m training.export_encoders --runs runs/es_ev_m_stage1/best.pt --base weights/base \
        --out weights/mine
    python -m training.export_encoders --runs runs/es_ev_m_stage1/best.pt \
        --runs runs/text_s0_stage1/best.pt --base weights/base --out weights/mine
    efficientsam3 export es_ev_m --weights weights/mine --out bundles/mine
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
import sys
from typing import Any

import torch
from torch import Tensor

from efficientsam3_ros.core.manifest import file_sha256
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.core.writing.output import check_output
from efficientsam3_ros.core.writing.result_marker import ResultKind, mark_folder
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student, StudentConfig, sam3_preprocess
from efficientsam3_ros.model.weights.placement import shapes_of
from efficientsam3_ros.model.weights.store import (
    INPUT_SIZE,
    StoredSource,
    load_converted,
    read_info,
    write_weights,
)
from training.encoder.config import StudentPlan
from training.encoder.origin import ENTRY
from training.network.initial_weights import WeightError
from training.settings.command_line import run_command
from training.settings.reading import build


@dataclass(frozen=True)
class Trained:
    """Encoders of a run.

    Attributes:
        path: Its ``best.pt``.
        parts: ``image``, ``text`` or both.
        student: What they are.
        state: Their averaged weights, under the student's names.
    """

    path: Path
    parts: tuple[str, ...]
    student: StudentPlan
    state: Mapping[str, Tensor]

    @classmethod
    def read(cls, path: Path) -> Trained:
        """Read a file.

        Raises:
            WeightError: If it is missing, damaged, or of images that a student does not get.
        """
        if not path.is_file():
            raise WeightError(f'{path} does not exist; name the best.pt of training.stage1.')
        try:
            entries: dict[str, Any] = torch.load(path, map_location='cpu', weights_only=True)
            student = build(StudentPlan, entries['student'], str(path))
            preprocess = str(entries[ENTRY]['teacher']['preprocess'])
            found = cls(path, tuple(entries['parts']), student, entries['average'])
        except Exception as error:
            raise WeightError(f'{path} holds no encoders of training.stage1: {error}') from error
        if 'image' in found.parts and student.neck != 'sam3':
            raise WeightError(
                f'{path} has the neck "{student.neck}"; converted weights have "sam3".'
            )
        if preprocess != sam3_preprocess(INPUT_SIZE).digest():
            raise WeightError(f'{path} was trained with another preprocess than students have.')
        return found


def with_encoders(
    config: StudentConfig, state: Mapping[str, Tensor], trained: Trained
) -> tuple[StudentConfig, dict[str, Tensor]]:
    """Return a student with encoders in the place of its own.

    Args:
        config: The student.
        state: Its whole state.
        trained: The encoders.

    Raises:
        WeightError: If the encoders are not whole, or hold something else.
    """
    plan, merged = trained.student, dict(state)
    name, text, context = config.name, config.text, config.context
    if 'image' in trained.parts:
        name = plan.name
    if 'text' in trained.parts:
        context = plan.context
    changed = student_config(name, text=plan.text_name, size=config.size, context=context)
    if 'text' not in trained.parts:
        changed = replace(changed, text=text)
    for part in trained.parts:
        own = f'{part}_encoder.'
        merged = {key: value for key, value in merged.items() if not key.startswith(own)}
    merged |= trained.state
    _check(merged, changed, trained.path)
    return changed, merged


def _check(state: Mapping[str, Tensor], config: StudentConfig, path: Path) -> None:
    shapes = shapes_of(Student, config)
    found = {key: tuple(value.shape) for key, value in state.items()}
    wrong = sorted(
        key for key in shapes.keys() | found.keys() if shapes.get(key) != found.get(key)
    )
    if wrong:
        raise WeightError(
            f'{path} does not fill a student: {len(wrong)} weights are missing, unknown or of '
            f'another shape, e.g. {", ".join(wrong[:3])}.'
        )


def export_encoders(*, runs: list[Path], base: Path, out: Path, force: bool = False) -> None:
    """Write converted weights.

    Args:
        runs: The best.pt of a run; may be repeated, later ones lie over earlier ones.
        base: Folder of converted weights.
        out: Folder for the new ones.
        force: Replace older weights at --out.
    """
    place = check_output(out, (base, *runs), kind=ResultKind.WEIGHTS, force=force)
    info = read_info(base)
    config, state, tracker = load_converted(base)
    for path in runs:
        trained = Trained.read(path)
        config, state = with_encoders(config, state, trained)
        source = StoredSource(path.name, 'stage 1', file_sha256(path))
        text = trained.student.text_name if 'text' in trained.parts else info.text
        info = replace(info, text=text, sources=(*info.sources, source))
    info = replace(info, variant=config.name, context=config.context)
    with replacing(place) as part:
        info = write_weights({**state, **tracker}, info, part)
        mark_folder(part, ResultKind.WEIGHTS)
    print(f'weights in {out}; next: efficientsam3 export {info.variant} --weights {out}')


def main(argv: list[str] | None = None) -> int:
    """Run the command line."""
    return run_command('training.export_encoders', __doc__, export_encoders, argv)


if __name__ == '__main__':
    sys.exit(main())
