"""Cost of a frame with dense and Perceiver memory as a table, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.support.console import table

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.config import MemoryKind

KINDS: tuple[MemoryKind, ...] = ('dense', 'perceiver')
REFERENCE = 'EdgeTAM in transformers'


@dataclass(frozen=True)
class FrameCost:
    """A frame with a number of objects whose memory is full.

    Attributes:
        size: ``nano`` or ``full``.
        memory: ``dense``, ``perceiver`` or the reference.
        objects: How many are tracked.
        frame_tokens: Memory tokens of one remembered frame of one object.
        tokens: All its memory tokens, pointers included.
        bytes_per_object: Its ring as float32, None for the reference.
        attention_gmac: Billions of multiply-accumulates of memory attention, None for the
            reference.
        gmac: Those of the whole frame.
        seconds: Of every round.
    """

    size: str
    memory: str
    objects: int
    frame_tokens: int
    tokens: int
    bytes_per_object: int | None
    attention_gmac: float | None
    gmac: float
    seconds: tuple[float, ...] = ()


def report(size: str, costs: Sequence[FrameCost]) -> str:
    """Return the table of one size and what follows from it."""
    chosen = [cost for cost in costs if cost.size == size]
    header = (
        *('memory', 'objects', 'tokens/frame', 'tokens', 'KiB/object', 'attention GMAC', 'GMAC'),
        *('ms median', 'ms best', 'ms/object'),
    )
    rows = [
        (
            *(c.memory, c.objects, c.frame_tokens, c.tokens),
            _shown(c.bytes_per_object, 1024, 0),
            *(_shown(c.attention_gmac, 1, 3), f'{c.gmac:.3f}'),
            *(f'{1e3 * median(c.seconds):.1f}', f'{1e3 * min(c.seconds):.1f}'),
            f'{1e3 * median(c.seconds) / c.objects:.1f}',
        )
        for c in chosen
    ]
    title = (
        f'{size}, random weights, fp32, full memory, {len(chosen[0].seconds)} rounds; '
        f'dense and perceiver: both graphs in ONNX Runtime'
    )
    return '\n'.join([title, '', table(header, rows), '', *_conclusions(chosen), ''])


def _shown(value: float | None, unit: float, digits: int) -> str:
    return '-' if value is None else f'{value / unit:.{digits}f}'


def _conclusions(costs: Sequence[FrameCost]) -> list[str]:
    found = {(c.memory, c.objects): c for c in costs}
    counts = sorted({c.objects for c in costs})
    dense, perceiver = (found[kind, counts[0]] for kind in KINDS)
    lines = [
        f'tokens of a frame: {perceiver.frame_tokens} of {dense.frame_tokens}, '
        f'1/{dense.frame_tokens / perceiver.frame_tokens:.1f}; attention GMAC: '
        f'1/{(dense.attention_gmac or 0) / (perceiver.attention_gmac or 1):.1f}'
    ]
    for kind in dict.fromkeys(c.memory for c in costs):
        one = found[kind, counts[0]]
        lines += [
            f'{kind}: {n} objects cost {median(found[kind, n].seconds) / median(one.seconds):.1f} '
            f'times as long as {counts[0]}'
            for n in counts[1:]
            if (kind, n) in found
        ]
    return lines
