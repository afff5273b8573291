"""Convert checkpoints of EfficientSAM3 strictly: every key is accounted for, or nothing is done.

Upstream loads without strictness: a file without exemplar encoder leaves 76 random tensors behind
and prints a line. Here such a file is refused until a second one brings them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from efficientsam3_ros.model.registry import build_student, student_config
from efficientsam3_ros.model.student import StudentConfig
from efficientsam3_ros.model.text.mobileclip import TextName
from efficientsam3_ros.model.weights.keys.parts import is_tracker
from efficientsam3_ros.model.weights.keys.student_keys import StudentKeys
from efficientsam3_ros.model.weights.keys.text_keys import POSITIONS
from efficientsam3_ros.model.weights.layouts import Source, recognize
from efficientsam3_ros.model.weights.overlay import Overlay, overlay
from efficientsam3_ros.model.weights.placement import Placement
from efficientsam3_ros.model.weights.report import IncompleteError, Report, SourceLine
from efficientsam3_ros.model.weights.safe_load import read_checkpoint
from efficientsam3_ros.model.weights.variant import (
    detect_context,
    detect_text,
    detect_variant,
)


@dataclass(frozen=True)
class Request:
    """What the user says of the files; whatever is given is compared with what they hold.

    Attributes:
        variant: Student, e.g. ``es_ev_m``.
        text: Text encoder: ``s0``, ``s1`` or ``l``.
        context: Tokens with which the text encoder was trained, 16 or 32.
    """

    variant: str | None = None
    text: TextName | None = None
    context: int | None = None


@dataclass(frozen=True)
class Conversion:
    """A student's weights under our names.

    Attributes:
        config: The student.
        text: Its text encoder's name.
        state: Our key to tensor; views into the files.
        tracker: SAM 3's tracker and its neck under their canonical keys.
        report: The account of every key.
    """

    config: StudentConfig
    text: TextName
    state: Mapping[str, Tensor]
    tracker: Mapping[str, Tensor]
    report: Report


def convert(file: Path, bases: Sequence[Path] = (), request: Request | None = None) -> Conversion:
    """Convert a checkpoint, laid over others that fill its gaps.

    Args:
        file: The student's file; its parts replace those of the bases.
        bases: Files below it, the last one uppermost: merged checkpoints, LiteText, SAM 3.
        request: What the files are said to be.

    Raises:
        WeightsError: If a file cannot be read or is something else than said; an
            :class:`IncompleteError` with the report if keys are missing or unknown.
    """
    wanted = request or Request()
    sources = [recognize(read_checkpoint(path)) for path in (*bases, file)]
    found = overlay(sources)
    variant = detect_variant(found.keys, wanted.variant)
    text = detect_text(found.keys, wanted.text)
    context = detect_context(found.keys, found.text_meta, wanted.context)
    config = student_config(variant, text=text, context=context)
    keys = _cut_positions(found.keys, context)
    report = Report(sources=[_line(source) for source in sources])
    _note_left_out(report, sources, found)
    state = _translate(StudentKeys(variant), keys, found, expected_shapes(config), report)
    if not report.complete:
        raise IncompleteError(report)
    tracker = {key: tensor for key, tensor in keys.items() if is_tracker(key)}
    return Conversion(config, text, state, tracker, report)


@cache
def expected_shapes(config: StudentConfig) -> Mapping[str, tuple[int, ...]]:
    """Return all keys of a student's network with their shapes, without making its weights."""
    with torch.device('meta'):
        state = build_student(config).state_dict()
    return {key: tuple(tensor.shape) for key, tensor in state.items()}


def _translate(
    names: StudentKeys,
    keys: Mapping[str, Tensor],
    found: Overlay,
    shapes: Mapping[str, tuple[int, ...]],
    report: Report,
) -> dict[str, Tensor]:
    """Rename all keys and note in the report what became of each."""
    placement = Placement(shapes, report)
    for key, tensor in keys.items():
        target = names.forward(key)
        if isinstance(target, str):
            report.unused[key] = target
        elif target is None:
            report.unexpected.append(key)
        else:
            placement.take(key, target, tensor, found.origin[key])
    state = placement.state
    absent = (names.backward(key).theirs for key in shapes if key not in state)
    report.missing = [k for k in dict.fromkeys(absent) if k not in keys]
    return state


def _cut_positions(keys: Mapping[str, Tensor], context: int) -> dict[str, Tensor]:
    """Keep the first rows of a full position table, as upstream does."""
    return {k: v[:, :, :context] if k == POSITIONS else v for k, v in keys.items()}


def _note_left_out(report: Report, sources: Sequence[Source], found: Overlay) -> None:
    for source in sources:
        name = source.checkpoint.path.name
        report.unused |= {
            f'{key} ({name})': 'frozen copy of SAM 3 saved by the trainer'
            for key in source.skipped
        }
    for name, keys in found.covered.items():
        report.unused |= {f'{key} ({name})': 'replaced by a file above' for key in keys}


def _line(source: Source) -> SourceLine:
    checkpoint = source.checkpoint
    return SourceLine(
        name=checkpoint.path.name,
        layout=source.layout.value,
        sha256=checkpoint.sha256,
        keys=len(checkpoint.tensors),
        extras=checkpoint.extras,
    )
