"""Lay one checkpoint over others: whole parts are taken from the uppermost file that has them.

Parts are never mixed: a text encoder of six layers over one of twelve would otherwise inherit the
last six.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from efficientsam3_ros.model.weights.keys.parts import part_of
from efficientsam3_ros.model.weights.keys.text_keys import POSITIONS
from efficientsam3_ros.model.weights.layouts import Source, is_teacher_text, is_teacher_trunk


@dataclass(frozen=True)
class Overlay:
    """The keys that count.

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


def overlay(sources: Sequence[Source]) -> Overlay:
    """Lay sources over each other, the last one uppermost."""
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
    meta = {} if text is None else sources[text].checkpoint.meta
    return Overlay(keys, origin, unused, meta)


def _layer(key: str) -> str:
    """Return what is replaced as a whole; stray keys stand for themselves.

    SAM 3's own encoders do not cover a student's: they are left out anyway.
    """
    if is_teacher_text(key) or is_teacher_trunk(key):
        return f"SAM 3's {part_of(key)}"
    part = part_of(key)
    return key if part == 'stray keys' else part
