"""Renaming rules between a checkpoint's keys and ours, usable in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
import re

import torch
from torch import Tensor

QKV = ('q_proj', 'k_proj', 'v_proj')
_FIELD = re.compile(r'\{(\w)(?:\+1)?\}')


class Change(Enum):
    """What happens to a module's parameters besides their prefix."""

    NONE = 'none'
    ATTENTION = 'in_proj_weight and in_proj_bias split in thirds, out_proj becomes o_proj'
    FUSED_LINEAR = 'weight and bias split in thirds'
    TRANSPOSED = 'matrix transposed'


@dataclass(frozen=True)
class Piece:
    """One of our tensors as a part of one of theirs.

    Attributes:
        theirs: Key in the checkpoint.
        ours: Key in our network.
        third: Which third of the first axis, None for all of it.
        transposed: Whether the matrix is transposed.
    """

    theirs: str
    ours: str
    third: int | None = None
    transposed: bool = False

    def read(self, tensor: Tensor) -> Tensor:
        """Cut our tensor out of theirs; a view, so that a whole checkpoint costs no memory."""
        if self.third is not None:
            tensor = tensor.chunk(3)[self.third]
        return tensor.t() if self.transposed else tensor


def join(pieces: Iterable[Piece], ours: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put our tensors together to theirs, thirds in their order."""
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(piece.theirs, []).append(piece)
    joined = {}
    for theirs, group in groups.items():
        group.sort(key=lambda piece: piece.third or 0)
        tensors = [ours[p.ours].t() if p.transposed else ours[p.ours] for p in group]
        joined[theirs] = tensors[0] if len(tensors) == 1 else torch.cat(tensors)
    return joined


@dataclass(frozen=True)
class Rule:
    """A module's prefix there and here; ``{n}`` stands for a number, ``{n+1}`` for the next.

    Attributes:
        theirs: Prefix in the checkpoint, or a whole key.
        ours: Prefix in our network.
        change: What else happens to the parameters below the prefix.
    """

    theirs: str
    ours: str
    change: Change = Change.NONE

    @cached_property
    def _their_pattern(self) -> re.Pattern[str]:
        return _pattern(self.theirs)

    @cached_property
    def _our_pattern(self) -> re.Pattern[str]:
        return _pattern(self.ours)

    def forward(self, key: str) -> tuple[Piece, ...] | None:
        """Return what one of their keys becomes, None if the rule does not speak of it."""
        found = self._their_pattern.fullmatch(key)
        if found is None:
            return None
        prefix = _fill(self.ours, _numbers(self.theirs, found))
        return tuple(
            Piece(key, prefix + rest, third, self.change is Change.TRANSPOSED)
            for rest, third in _rest_forward(self.change, found['rest'])
        )

    def backward(self, key: str) -> Piece | None:
        """Return where one of our keys lies in the checkpoint, None if elsewhere."""
        found = self._our_pattern.fullmatch(key)
        if found is None:
            return None
        inverse = _rest_backward(self.change, found['rest'])
        if inverse is None:
            return None
        rest, third = inverse
        prefix = _fill(self.theirs, _numbers(self.ours, found))
        return Piece(prefix + rest, key, third, self.change is Change.TRANSPOSED)


def renamed(theirs: str, ours: str, names: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return rules for parts of one module that have another name here, theirs to ours."""
    return tuple(Rule(f'{theirs}.{a}', f'{ours}.{b}') for a, b in names.items())


@dataclass(frozen=True)
class KeyMap:
    """Rules in order of precedence: the first that speaks of a key decides."""

    rules: Sequence[Rule]

    def forward(self, key: str) -> tuple[Piece, ...] | None:
        """Return what one of their keys becomes, None if no rule speaks of it."""
        return next((p for rule in self.rules if (p := rule.forward(key)) is not None), None)

    def backward(self, key: str) -> Piece | None:
        """Return where one of our keys lies in the checkpoint, None if no rule says so."""
        for rule in self.rules:
            piece = rule.backward(key)
            if piece is not None and self._is_first(piece):
                return piece
        return None

    def to_ours(self, theirs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rename a state; keys without a rule are left out."""
        pieces = (p for key in theirs for p in self.forward(key) or ())
        return {piece.ours: piece.read(theirs[piece.theirs]) for piece in pieces}

    def to_theirs(self, ours: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Write a state in the checkpoint's layout; our keys without a rule are left out."""
        return join([p for key in ours if (p := self.backward(key)) is not None], ours)

    def _is_first(self, piece: Piece) -> bool:
        forward = self.forward(piece.theirs)
        return forward is not None and any(p.ours == piece.ours for p in forward)


def _pattern(template: str) -> re.Pattern[str]:
    """Compile a template: its fields, then the end of the key or a dot and the rest."""
    parts = _FIELD.split(template)
    text = ''.join(
        rf'(?P<{part}>\d+)' if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(rf'{text}(?P<rest>(?:\..*)?)')


def _numbers(template: str, found: re.Match[str]) -> dict[str, int]:
    """Read the fields; ``{n+1}`` in the template means that the key holds n + 1."""
    shift = {m[1]: int(m[0].endswith('+1}')) for m in _FIELD.finditer(template)}
    return {name: int(found[name]) - shift[name] for name in shift}


def _fill(template: str, numbers: Mapping[str, int]) -> str:
    return _FIELD.sub(lambda m: str(numbers[m[1]] + int(m[0].endswith('+1}'))), template)


def _rest_forward(change: Change, rest: str) -> list[tuple[str, int | None]]:
    """Return our endings with the third that each takes."""
    if change is Change.FUSED_LINEAR:
        return [(f'.{name}{rest}', third) for third, name in enumerate(QKV)]
    if change is Change.ATTENTION:
        if rest.startswith('.in_proj_'):
            kind = rest.removeprefix('.in_proj_')
            return [(f'.{name}.{kind}', third) for third, name in enumerate(QKV)]
        return [(rest.replace('.out_proj.', '.o_proj.', 1), None)]
    return [(rest, None)]


def _rest_backward(change: Change, rest: str) -> tuple[str, int | None] | None:
    """Return their ending and the third that ours is; None if ours cannot come from there."""
    module, _, kind = rest.removeprefix('.').partition('.')
    if change is Change.FUSED_LINEAR:
        return (f'.{kind}', QKV.index(module)) if module in QKV else None
    if change is Change.ATTENTION:
        if module in QKV:
            return f'.in_proj_{kind}', QKV.index(module)
        return rest.replace('.o_proj.', '.out_proj.', 1), None
    return rest, None
