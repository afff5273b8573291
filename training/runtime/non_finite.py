"""What is kept of a step whose loss or gradient is not finite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import torch

from efficientsam3_ros.core.writing.atomic import replacing


class DivergenceError(ValueError):
    """A loss or gradient that is not finite; the message names the file of the batch."""


def divergence(
    folder: Path, step: int, rank: int, batches: Sequence[Any], losses: Sequence[float]
) -> DivergenceError:
    """Save the batches of a step; return the error to raise.

    Args:
        folder: Of the run.
        step: Number of the step.
        rank: Of this process; each one saves its own.
        batches: Those of the step.
        losses: Theirs.
    """
    name = f'not_finite_{step:06d}.pt' if rank == 0 else f'not_finite_{step:06d}.{rank}.pt'
    path = folder / name
    with replacing(path) as part:
        saved = [_plain(batch) for batch in batches]
        torch.save({'step': step, 'losses': list(losses), 'batches': saved}, part)
    return DivergenceError(
        f'The loss or gradient of step {step} is not finite; its batch is kept in {path}. Look '
        'at it, or lower the learning rate; the last checkpoint is as it was.'
    )


def _plain(value: Any) -> Any:
    """Return a batch without classes of its own, so that the file is safe to load."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
