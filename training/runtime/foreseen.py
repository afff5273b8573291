"""Tables of a run that cannot be measured, because its teacher or its data are not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from torch import nn

from efficientsam3_ros.evaluation.run.text_table import text_table
from training.runtime.counting import count, counts, training_megabytes
from training.settings.config import OptimizationConfig


def parameter_table(
    parts: Mapping[str, nn.Module], network: nn.Module, teacher: nn.Module | None
) -> str:
    """Return the parameters that learn and those that are frozen, part by part.

    Args:
        parts: What the table names.
        network: All that learns.
        teacher: By its published shape; None for none.
    """
    rows = [['part', 'trained', 'frozen'], *([n, *counts(m)] for n, m in parts.items())]
    rows.append(['all that learns', *counts(network)])
    if teacher is not None:
        rows.append(['teacher, by its published shape', '0', f'{count(teacher):,}'])
    return text_table(rows, 1)


def course_table(
    schedule: OptimizationConfig, seen: Iterable[Sequence[str]], network: nn.Module
) -> str:
    """Return the steps of a run, what is seen in them, and what its weights take.

    Args:
        schedule: Of the run.
        seen: Rows of a name and a number.
        network: All that learns.
    """
    rows = [
        ['the run, one process', ''],
        ['steps', f'{schedule.steps:,}'],
        ['batches a step', f'{schedule.accumulate}'],
        *seen,
        ['memory: weights, gradients, optimizer, MB', f'{training_megabytes(network):,.1f}'],
    ]
    return text_table(rows, 1)


def counted(missing: Iterable[str], *tables: str) -> str:
    """Return the tables, and why nothing of them is measured.

    Args:
        missing: What is not there.
        tables: Of the run.
    """
    note = (
        f'Counted, not measured, for these are not there: {", ".join(missing)}. Where they are, '
        'the same command measures memory and time.'
    )
    return '\n\n'.join([*tables, note])
