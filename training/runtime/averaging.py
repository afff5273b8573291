"""The exponential moving average of a network's weights, which is what is evaluated."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Move a copy of a network a little towards its weights; frozen ones are copied bit by bit.

    Early on the decay is lower, so that the average leaves the random start quickly.

    Args:
        average: The exponential moving average.
        network: The network after step ``step`` (from 0).
        decay: Share that is kept.
        step: Number of the step.
    """
    decay = min(decay, (step + 1) / (step + 10))
    slots = average.state_dict()
    # A mean of equal numbers makes 0.0 of -0.0, and graphs that differ in a bit another encoder.
    frozen = {name for name, value in network.named_parameters() if not value.requires_grad}
    values = network.state_dict()
    moving = [n for n, v in values.items() if v.dtype.is_floating_point and n not in frozen]
    if moving:
        torch._foreach_lerp_([slots[n] for n in moving], [values[n] for n in moving], 1 - decay)
    for name in values.keys() - set(moving):
        slots[name].copy_(values[name])
