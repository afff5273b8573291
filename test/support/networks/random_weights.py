"""Random weights that let no path hide, and the measure of comparisons."""

from __future__ import annotations

import torch
from torch import nn


def randomize_norms(module: nn.Module, seed: int = 0) -> None:
    """Give normalisations, layer scales and bias tables values as after training."""
    torch.manual_seed(seed)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.normal_(part.running_mean, std=0.2)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
        if isinstance(part, nn.BatchNorm2d | nn.LayerNorm):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, std=0.2)
    for name, parameter in module.named_parameters():
        if 'layer_scale' in name or 'attention_biases' in name:
            nn.init.normal_(parameter, std=0.5)


def relative_difference(value: torch.Tensor, expected: torch.Tensor) -> float:
    """Return the largest difference relative to the largest expected value."""
    return float((value - expected).abs().max() / expected.abs().max())
