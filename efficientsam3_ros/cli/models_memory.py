"""What a student's video memory weighs and costs, as a table and as records."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from efficientsam3_ros.cli.support.tables import table

if TYPE_CHECKING:
    from efficientsam3_ros.model.memory.config import MemoryKind
    from efficientsam3_ros.model.student import StudentConfig

KINDS: tuple[MemoryKind, ...] = ('dense', 'perceiver')
TITLE = (
    'Video memory: parameters in millions, KiB and GMAC of a frame for one object whose slots are '
    'all taken;\nwith the sam3 neck the image encoder has levels of its own for it'
)
_HEADER = (
    *('memory', 'neck', 'size', 'grid', 'M', 'own levels M', 'KiB/object', 'tokens'),
    *('own levels', 'attention', 'decoder', 'encoder', 'perceiver', 'frame'),
)


def memory_records(config: StudentConfig) -> dict[str, dict[str, int]]:
    """Return the exact figures of a student's memory by its kind.

    A Perceiver is missing where the grid of the input size cannot be cut into windows.
    """
    from efficientsam3_ros.model.cost.cost import count_macs, count_parameters
    from efficientsam3_ros.model.cost.memory_cost import memory_cost
    from efficientsam3_ros.model.memory.student_memory import student_memory

    own = replace(config, tracker_neck=config.neck == 'sam3')
    levels = {
        'own_level_parameters': count_parameters(own).neck - count_parameters(config).neck,
        'own_levels': count_macs(own).neck - count_macs(config).neck,
    }
    found: dict[str, dict[str, int]] = {}
    for kind in KINDS:
        with suppress(ValueError):
            cost = memory_cost(student_memory(config, kind))
            found[kind] = {**asdict(cost), **levels, 'frame': cost.total + levels['own_levels']}
    return found


def memory_table(configs: Sequence[StudentConfig]) -> str:
    """Return a row for each neck, size and kind; no student differs from another here."""
    unique = {(config.neck, config.size): config for config in configs}
    rows = [
        _row(config, kind, record)
        for config in unique.values()
        for kind, record in memory_records(config).items()
    ]
    return table(_HEADER, rows, text_columns=2)


def _row(config: StudentConfig, kind: str, record: dict[str, int]) -> tuple[str, ...]:
    gmac = ('own_levels', 'attention', 'decoder', 'encoder', 'perceiver', 'frame')
    return (
        *(kind, config.neck, str(config.size), str(config.grid)),
        *(f'{record[name] / 1e6:.2f}' for name in ('parameters', 'own_level_parameters')),
        f'{record["bytes_per_object"] / 1024:.0f}',
        str(record['tokens']),
        *(f'{record[name] / 1e9:.2f}' for name in gmac),
    )
