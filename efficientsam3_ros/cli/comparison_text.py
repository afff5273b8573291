"""A comparison of two evaluations as plain text, regressions first."""

from __future__ import annotations

from collections.abc import Mapping
import math

from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.evaluation.compare.comparison import (
    ROW_METRICS,
    Comparison,
    Difference,
    Differences,
    by_verdict,
    has_accuracy,
)
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO

_HEADER = 'metric', 'A', 'B', 'B - A', '95 % interval', ''


def comparison_text(comparison: Comparison, most: int | None) -> str:
    """Return tables of all metrics, of sequences and of concepts.

    Args:
        comparison: What to tell.
        most: Rows of sequences and of concepts at most, None for all.
    """
    parts = [f'A  {comparison.first}\nB  {comparison.second}']
    changes = comparison.changes or ('nothing that the results tell of',)
    parts.append('\n'.join(['Run differently:', *(f'  {line}' for line in changes)]))
    if comparison.left_out:
        lines = [f'  {name}: {why}' for name, why in comparison.left_out.items()]
        parts.append('\n'.join(['NOT compared:', *lines]))
    count = len(comparison.sequences)
    counted = f'{count} sequence' + ('s' if count != 1 else '')
    parts.append(f'{counted} compared; scores in points, latencies in ms')
    parts.append(table(_HEADER, _metric_rows(comparison.total)))
    parts.append(_rows('sequence', comparison.sequences, most))
    if comparison.concepts:
        parts.append(_rows('concept', comparison.concepts, most))
    if not has_accuracy(comparison.total):
        parts.append('There is no ground truth: none of these metrics is accuracy.')
    return '\n\n'.join(parts)


def _metric_rows(total: Differences) -> list[tuple[str, ...]]:
    return [
        (METRIC_INFO[name].label, *_cells(name, item), said)
        for name, item, said in by_verdict(total)
    ]


def _cells(name: str, item: Difference) -> tuple[str, ...]:
    kind, change = METRIC_INFO[name], item.change
    interval = ''
    if not math.isnan(change.low):
        interval = f'{kind.show(change.low, sign=True)} to {kind.show(change.high, sign=True)}'
    values = kind.show(item.first), kind.show(item.second), kind.show(change.value, sign=True)
    return *values, interval


def _rows(label: str, rows: Mapping[str, Differences], most: int | None) -> str:
    """Return B minus A of the main metrics, the worst regression first."""
    names = [name for name in ROW_METRICS if any(name in row for row in rows.values())]
    header = [f'{label} (B - A)', *(METRIC_INFO[name].label for name in names)]
    lines = [
        [key, *(_change(name, row.get(name)) for name in names)]
        for key, row in list(rows.items())[:most]
    ]
    text = table(header, lines)
    if most is not None and len(rows) > most:
        text += f'\n... and {len(rows) - most} more that lost less; --all prints them'
    return text


def _change(name: str, item: Difference | None) -> str:
    return METRIC_INFO[name].show(item.change.value if item else None, sign=True)
