"""What the objectives have in common: unweighted terms and training metrics by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

Terms = dict[str, Tensor]
"""Every one is a scalar tensor."""


def weighted(terms: Terms, weights: Any) -> Tensor:
    """Return the weighted sum.

    Args:
        terms: Those without a weight are metrics only, and one with weight 0 may be absent.
        weights: A dataclass with the factor of each term.
    """
    factors = vars(weights).items()
    return sum(factor * terms[name] for name, factor in factors if factor or name in terms)


def numbers(terms: Terms) -> dict[str, float]:
    """Return every term as a number."""
    return {name: float(value.detach()) for name, value in terms.items()}


def mean_terms(many: Sequence[Terms]) -> Terms:
    """Average the terms of equal names, each over those that have it; the first has all."""
    return {
        name: torch.stack([terms[name] for terms in many if name in terms]).mean()
        for name in many[0]
    }
