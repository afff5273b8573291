"""What is counted of a network before a run: parameters, and the memory that training takes."""

from __future__ import annotations

from torch import nn

_STATES = 3
"""Numbers beside each trained weight: its gradient, and two moments of AdamW."""


def count(module: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(p.numel() for p in module.parameters())


def trained(module: nn.Module) -> int:
    """Return the number of parameters that learn."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def counts(module: nn.Module) -> tuple[str, str]:
    """Return the parameters that learn and those that are frozen, for a table."""
    return f'{trained(module):,}', f'{count(module) - trained(module):,}'


def training_megabytes(module: nn.Module) -> float:
    """Return what weights, averaged weights, gradients and optimizer take, in MB of 10^6 bytes."""
    return 4e-6 * (2 * count(module) + _STATES * trained(module))
