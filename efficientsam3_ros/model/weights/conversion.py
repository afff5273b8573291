"""Convert checkpoints of EfficientSAM3 strictly: every key is accounted for, or nothing is done.

Upstream loads without strictness: a file without exemplar encoder leaves 76 random tensors behind
and prints a line. Here such a file is refused until a second one brings them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from efficientsam3_ros.model.image.neck_sam3 import pyramid
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.prompts import PromptCode
from efficientsam3_ros.model.memory.tracking_graphs import VideoMemory
from efficientsam3_ros.model.registry import student_config
from efficientsam3_ros.model.student import Student, StudentConfig
from efficientsam3_ros.model.text.mobileclip import TextName
from efficientsam3_ros.model.weights.keys.encoder_keys import OUR_TRACKER_LEVELS, POSITIONS
from efficientsam3_ros.model.weights.keys.key_rules import key_table
from efficientsam3_ros.model.weights.keys.parts import is_tracker, part_of
from efficientsam3_ros.model.weights.keys.student_keys import left_out, student_table
from efficientsam3_ros.model.weights.keys.tracker_keys import (
    LABELS,
    PROMPT_LABELS,
    PROMPT_RULES,
    PROMPTS,
    TRACKER_RULES,
    unread_reason,
)
from efficientsam3_ros.model.weights.layouts import (
    Source,
    is_teacher_text,
    is_teacher_trunk,
    recognize,
)
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
    found = _overlay(sources)
    variant = detect_variant(found.keys, variant)
    text = detect_text(found.keys, text)
    context = detect_context(found.keys, found.text_meta, context)
    config = student_config(variant, text=text, context=context)
    # Of a full position table the first rows count, as upstream has it.
    keys = {**found.keys, POSITIONS: found.keys[POSITIONS][:, :, :context]}
    shapes = shapes_of(Student, config)
    table = student_table(config.trunk, shapes)
    report = Report(sources, unused=dict(found.unused))
    state = place(keys, table, shapes, partial(left_out, config.trunk), found.origin, report)
    tracker = {key: tensor for key, tensor in keys.items() if is_tracker(key)}
    return Conversion(config, text, state, tracker, report)


def convert_tracker(
    tracker: Mapping[str, Tensor], config: MemoryConfig
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Convert SAM 3's tracker strictly.

    Args:
        tracker: Canonical keys of the tracker and of its neck, as :class:`Conversion` keeps them.
        config: The video half: a dense memory of SAM 3's widths.

    Returns:
        The state of :class:`VideoMemory`, and the keys of a student that make its levels.

    Raises:
        IncompleteError: If keys are missing, unknown, of another shape or not finite.
    """
    levels = shapes_of(pyramid, config.width)
    neck = {f'{OUR_TRACKER_LEVELS}.{key}': shape for key, shape in levels.items()}
    shapes = {**shapes_of(VideoMemory, config), **neck}
    table = key_table(TRACKER_RULES, shapes)
    origin = dict.fromkeys(tracker, "SAM 3's tracker")
    state = place(tracker, table, shapes, unread_reason, origin, Report())
    return {k: state[k] for k in state if k not in neck}, {key: state[key] for key in neck}


def convert_prompts(tracker: Mapping[str, Tensor], width: int) -> PromptCode:
    """Convert what SAM 3's tracker is asked by: clicks, boxes and earlier masks.

    Args:
        tracker: Canonical keys of the tracker, as :class:`Conversion` keeps them.
        width: Channels of its tokens.

    Raises:
        IncompleteError: If keys are missing, of another shape or not finite.
    """
    own = {key: tracker[key] for key in tracker if key.startswith(PROMPTS)}
    if all(key in own for key in PROMPT_LABELS):
        own[LABELS] = torch.cat([own.pop(key) for key in PROMPT_LABELS])
    shapes = shapes_of(PromptCode, width)
    table, origin = key_table(PROMPT_RULES, shapes), dict.fromkeys(own, "SAM 3's tracker")
    code = PromptCode(width)
    code.load_state_dict(place(own, table, shapes, lambda _: None, origin, Report()))
    return code.eval()


@dataclass(frozen=True)
class _Overlay:
    """The keys that count where files lie over each other, the last one uppermost.

    Attributes:
        keys: Canonical key to tensor.
        origin: Key to the name of its file.
        unused: Key, with its file, to the reason why it does not count.
        text_meta: What the text encoder's file says of itself.
    """

    keys: Mapping[str, Tensor]
    origin: Mapping[str, str]
    unused: Mapping[str, str]
    text_meta: Mapping[str, Any]


def _overlay(sources: Sequence[Source]) -> _Overlay:
    """Take whole parts from the uppermost file that has them.

    Parts are never mixed: a text encoder of six layers over one of twelve would otherwise inherit
    the last six.
    """
    top = {_layer(key): number for number, s in enumerate(sources) for key in s.keys}
    keys: dict[str, Tensor] = {}
    origin: dict[str, str] = {}
    unused = {
        f'{key} ({source.name})': 'frozen copy of SAM 3 saved by the trainer'
        for source in sources
        for key in source.skipped
    }
    for number, source in enumerate(sources):
        for key, tensor in source.keys.items():
            if top[_layer(key)] == number:
                keys[key], origin[key] = tensor, source.name
            else:
                unused[f'{key} ({source.name})'] = 'replaced by a file above'
    text = top.get(_layer(POSITIONS))
    meta: Mapping[str, Any] = {} if text is None else sources[text].checkpoint.meta
    return _Overlay(keys, origin, unused, meta)


def _layer(key: str) -> str:
    """Return what is replaced as a whole; stray keys stand for themselves.

    SAM 3's own encoders do not cover a student's: they are left out anyway.
    """
    if is_teacher_text(key) or is_teacher_trunk(key):
        return f"SAM 3's {part_of(key)}"
    part = part_of(key)
    return key if part == 'stray keys' else part
