"""Renaming rules: where our parameters lie in a checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
import re

from torch import Tensor

QKV = ('q_proj', 'k_proj', 'v_proj')
_FIELD = re.compile(r'\\\{(\w)\\\}')


@dataclass(frozen=True)
class Piece:
    """One of our tensors as a part of one of theirs.

    Attributes:
        ours: Key in our network.
        third: Which third of the first axis, None for all of it.
    """

    ours: str
    third: int | None = None

    def read(self, tensor: Tensor) -> Tensor:
        """Cut our tensor out of theirs; a view, so that a whole checkpoint costs no memory."""
        # Unlike chunk, this makes three parts of any length; a misfit is found by its shape.
        return tensor if self.third is None else tensor.tensor_split(3)[self.third]


KeyTable = Mapping[str, Sequence[Piece]]
"""A checkpoint's key to what of it is ours."""


@dataclass(frozen=True)
class Rule:
    """A module's prefix there and here; fields such as ``{n}`` stand for numbers.

    Attributes:
        theirs: Prefix in the checkpoint, or a whole key.
        ours: Prefix in our network, likewise.
        third: Which third of their tensors is ours, None for all of them.
    """

    theirs: str
    ours: str
    third: int | None = None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Match the prefix, then the end of the key or a dot and the rest."""
        prefix = _FIELD.sub(r'(?P<\1>\\d+)', re.escape(self.ours))
        return re.compile(rf'{prefix}(?P<rest>(?:\..*)?)')

    def source(self, key: str) -> str | None:
        """Return where one of our keys lies in the checkpoint, None if elsewhere."""
        found = self._pattern.fullmatch(key)
        if found is None:
            return None
        return self.theirs.format_map(found.groupdict()) + found['rest']


def renamed(theirs: str, ours: str, names: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return rules for parts of one module that have another name here, theirs to ours."""
    return tuple(Rule(f'{theirs}.{a}', f'{ours}.{b}') for a, b in names.items())


def fused_linear(theirs: str, ours: str) -> tuple[Rule, ...]:
    """Return rules for one layer that holds queries, keys and values, in this order."""
    return tuple(Rule(theirs, f'{ours}.{name}', third) for third, name in enumerate(QKV))


def attention(theirs: str, ours: str) -> tuple[Rule, ...]:
    """Return rules for torch's own multi-head attention."""
    thirds = tuple(
        Rule(f'{theirs}.in_proj_{kind}', f'{ours}.{name}.{kind}', third)
        for third, name in enumerate(QKV)
        for kind in ('weight', 'bias')
    )
    return (*thirds, Rule(f'{theirs}.out_proj', f'{ours}.o_proj'))


def key_table(rules: Sequence[Rule], ours: Iterable[str]) -> dict[str, list[Piece]]:
    """Find our keys in a checkpoint; the first rule that speaks of a key decides.

    Raises:
        KeyError: If no rule speaks of a key.
    """
    table: dict[str, list[Piece]] = {}
    for key in ours:
        found = ((rule.source(key), rule.third) for rule in rules)
        source, third = next(((s, t) for s, t in found if s is not None), (None, None))
        if source is None:
            raise KeyError(f'Checkpoints hold nothing like {key}.')
        table.setdefault(source, []).append(Piece(key, third))
    return table
