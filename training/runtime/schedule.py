"""Learning rates: their course over a run, and which parameters have which."""

from __future__ import annotations

from collections.abc import Iterable
import math
from typing import Any

from torch import nn

from training.settings.config import OptimizationConfig


def learning_rate_factor(step: int, steps: int, warmup: int, constant: float) -> float:
    """Linear warm-up, a constant stretch, then a cosine to zero; 0..1."""
    if step < warmup:
        return (step + 1) / warmup
    start = max(warmup, int(steps * constant))
    if step < start:
        return 1.0
    progress = (step - start) / max(1, steps - start)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def reciprocal_root_factor(
    step: int, steps: int, warmup: int, timescale: int, cooldown: int
) -> float:
    """Linear warm-up, then one over the square root of the steps, linear to zero at the end; 0..1.

    It does not depend on the length of the run before its end (Zhai et al., arXiv 2106.04560).

    Args:
        step: From 0.
        steps: Length of the run.
        warmup: Steps of warm-up.
        timescale: Steps after the warm-up in which the rate falls to 0.71.
        cooldown: Last steps, in which what is left of it ends at zero.
    """
    if step < warmup:
        return (step + 1) / warmup
    fallen = math.sqrt(timescale / (step - warmup + timescale))
    return fallen * min(1.0, max(0, steps - step) / cooldown) if cooldown else fallen


def rate_factor(schedule: OptimizationConfig, step: int) -> float:
    """Return the factor of all learning rates in a step, as a schedule says."""
    if not schedule.timescale:
        return learning_rate_factor(step, schedule.steps, schedule.warmup, schedule.constant)
    return reciprocal_root_factor(
        step, schedule.steps, schedule.warmup, schedule.timescale, schedule.cooldown
    )


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
