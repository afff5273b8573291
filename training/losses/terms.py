"""What the objectives have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import torch
from torch import Tensor

TermsT = TypeVar('TermsT', bound='LossTerms')


@dataclass(frozen=True)
class LossTerms:
    """Unweighted terms and training metrics; every field is a scalar tensor."""

    def total(self, weights: Any) -> Tensor:
        """Return the weighted sum.

        Args:
            weights: A dataclass with the factor of each term.
        """
        return sum(getattr(weights, f.name) * getattr(self, f.name) for f in fields(weights))

    def values(self) -> dict[str, float]:
        """Return every field as a number."""
        return {f.name: float(getattr(self, f.name).detach()) for f in fields(self)}

    @classmethod
    def mean(cls: type[TermsT], terms: Sequence[TermsT]) -> TermsT:
        """Average every field."""
        return cls(
            **{
                f.name: torch.stack([getattr(t, f.name) for t in terms]).mean()
                for f in fields(cls)
            }
        )
