"""The exponential moving average of a network's weights, which is what is evaluated."""

from __future__ import annotations

import torch
from torch import nn


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
