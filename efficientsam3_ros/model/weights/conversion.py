"""Convert checkpoints of EfficientSAM3 strictly: every key is accounted for, or nothing is done.

Upstream loads without strictness: a file without exemplar encoder leaves 76 random tensors behind
and prints a line. Here such a file is refused until a second one brings them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torch import Tensor

from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student, StudentConfig
from efficientsam3_ros.model.text.mobileclip import TextName
from efficientsam3_ros.model.weights.keys.parts import is_tracker
from efficientsam3_ros.model.weights.keys.student_keys import left_out, student_table
from efficientsam3_ros.model.weights.keys.text_keys import POSITIONS
from efficientsam3_ros.model.weights.layouts import recognize
from efficientsam3_ros.model.weights.overlay import overlay
from efficientsam3_ros.model.weights.placement import place, shapes_of
from efficientsam3_ros.model.weights.report import Report
from efficientsam3_ros.model.weights.safe_load import read_checkpoint
from efficientsam3_ros.model.weights.variant import detect_context, detect_text, detect_variant


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


def convert(
    file: Path,
    bases: Sequence[Path] = (),
    *,
    variant: str | None = None,
    text: TextName | None = None,
    context: int | None = None,
) -> Conversion:
    """Convert a checkpoint, laid over others that fill its gaps.

    What the user says of the files is compared with what they hold.

    Args:
        file: The student's file; its parts replace those of the bases.
        bases: Files below it, the last one uppermost: merged checkpoints, LiteText, SAM 3.
        variant: Student, e.g. ``es_ev_m``.
        text: Text encoder: ``s0``, ``s1`` or ``l``.
        context: Tokens with which the text encoder was trained, 16 or 32.

    Raises:
        WeightsError: If a file cannot be read or is something else than said; an
            :class:`IncompleteError` with the report if keys are missing or unknown.
    """
    sources = [recognize(read_checkpoint(path)) for path in (*bases, file)]
    found = overlay(sources)
    variant = detect_variant(found.keys, variant)
    text = detect_text(found.keys, text)
    context = detect_context(found.keys, found.text_meta, context)
    config = student_config(variant, text=text, context=context)
    # Of a full position table the first rows count, as upstream has it.
    keys = {**found.keys, POSITIONS: found.keys[POSITIONS][:, :, :context]}
    shapes = shapes_of(lambda: Student(config))
    table = student_table(config.trunk, shapes)
    report = Report(sources, unused=dict(found.unused))
    state = place(keys, table, shapes, partial(left_out, config.trunk), found.origin, report)
    tracker = {key: tensor for key, tensor in keys.items() if is_tracker(key)}
    return Conversion(config, text, state, tracker, report)
