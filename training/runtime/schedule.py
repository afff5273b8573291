"""Learning rates: their course over a run, and which parameters have which."""

from __future__ import annotations

from collections.abc import Iterable
import math
from typing import Any

from torch import nn


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
