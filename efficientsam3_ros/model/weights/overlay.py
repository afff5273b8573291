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
        covered: Name of a file to keys that a file above it replaced.
        text_meta: What the text encoder's file says of itself.
    """

    keys: Mapping[str, Tensor]
    origin: Mapping[str, str]
    covered: Mapping[str, tuple[str, ...]]
    text_meta: Mapping[str, Any]


def overlay(sources: Sequence[Source]) -> Overlay:
    """Lay sources over each other, the last one uppermost."""
    top = {_layer(key): number for number, s in enumerate(sources) for key in s.keys}
    keys: dict[str, Tensor] = {}
    origin: dict[str, str] = {}
    covered: dict[str, tuple[str, ...]] = {}
    meta: Mapping[str, Any] = {}
    for number, source in enumerate(sources):
        name = source.checkpoint.path.name
        counted = {k: v for k, v in source.keys.items() if top[_layer(k)] == number}
        keys |= counted
        origin |= dict.fromkeys(counted, name)
        covered[name] = (*covered.get(name, ()), *(k for k in source.keys if k not in counted))
        if POSITIONS in counted:
            meta = source.checkpoint.meta
    return Overlay(keys, origin, covered, meta)


def _layer(key: str) -> str:
    """Return what is replaced as a whole; stray keys stand for themselves.

    SAM 3's own encoders do not cover a student's: they are left out anyway.
    """
    if is_teacher_text(key) or is_teacher_trunk(key):
        return f"SAM 3's {part_of(key)}"
    part = part_of(key)
    return key if part == 'stray keys' else part
