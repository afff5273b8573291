"""What every training stage needs around its step: averaging, schedule, logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from efficientsam3_ros.core.writing.atomic import write_text


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Move a copy of a network a little towards its weights; buffers are copied.

    Early on the decay is lower, so that the average leaves the random start quickly.

    Args:
        average: The exponential moving average.
        network: The network after step ``step`` (from 0).
        decay: Share that is kept.
        step: Number of the step.
    """
    decay = min(decay, (step + 1) / (step + 10))
    slots = average.state_dict()
    for name, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            slots[name].lerp_(value, 1 - decay)
        else:
            slots[name].copy_(value)


def learning_rate_factor(step: int, steps: int, warmup: int, constant: float) -> float:
    """Linear warm-up, a constant stretch, then a cosine to zero; 0..1."""
    if step < warmup:
        return (step + 1) / warmup
    start = max(warmup, int(steps * constant))
    if step < start:
        return 1.0
    progress = (step - start) / max(1, steps - start)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def parameter_groups(
    modules: Iterable[tuple[nn.Module, float]], rate: float, weight_decay: float
) -> list[dict[str, Any]]:
    """Split trainable parameters by module rate and by whether they decay.

    Args:
        modules: Disjoint modules and the factor of their learning rate.
        rate: Peak learning rate.
        weight_decay: For tensors of two and more dimensions, embeddings excepted.
    """
    groups = []
    for module, factor in modules:
        embeddings = {
            id(p) for m in module.modules() if isinstance(m, nn.Embedding) for p in m.parameters()
        }
        trainable = [p for p in module.parameters() if p.requires_grad]
        decayed = [p for p in trainable if p.ndim >= 2 and id(p) not in embeddings]
        kept = [p for p in trainable if p.ndim < 2 or id(p) in embeddings]
        for parameters, decay in ((decayed, weight_decay), (kept, 0.0)):
            if parameters:
                group = {'params': parameters, 'lr': rate * factor, 'peak': rate * factor}
                groups.append(group | {'weight_decay': decay})
    return groups


class MetricsLog:
    """Writes figures to TensorBoard and as JSON lines, one line a call.

    Args:
        folder: Of the run.
        resume_from: Lines of later steps are dropped, so that a resumed log has no doubles.
    """

    def __init__(self, folder: Path, resume_from: int = 0) -> None:
        self.path = folder / 'metrics.jsonl'
        lines = self.path.read_text().splitlines() if self.path.is_file() else []
        kept = [line for line in lines if _step(line) <= resume_from]
        write_text(self.path, ''.join(line + '\n' for line in kept))
        self.board = SummaryWriter(str(folder / 'tensorboard'), purge_step=resume_from or None)

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Add one line."""
        with self.path.open('a') as stream:
            stream.write(
                json.dumps({'step': step, **{k: round(v, 6) for k, v in values.items()}}) + '\n'
            )
        for name, value in values.items():
            self.board.add_scalar(name, value, step)


def _step(line: str) -> float:
    """Return the step of a line; infinite for one that a killed run left torn."""
    try:
        return float(json.loads(line)['step'])
    except (KeyError, TypeError, ValueError):
        return math.inf


def mean_of(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average the values of equal names."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
