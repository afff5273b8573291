"""Sums that join data sets: the common part of all counts."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

CountsT = TypeVar('CountsT', bound='Counts')


class Counts:
    """Base of frozen dataclasses whose fields are numbers, arrays of fixed shape, or ``Counts``.

    Everything is a plain sum over frames, objects or datapoints. So two counts can be added, and
    a weighted sum of many is a product of matrices.
    """

    def __add__(self: CountsT, other: CountsT) -> CountsT:
        if type(other) is not type(self):
            return NotImplemented
        names = [item.name for item in fields(self)]  # type: ignore[arg-type]
        return type(self)(**{n: getattr(self, n) + getattr(other, n) for n in names})

    def vector(self) -> np.ndarray:
        """Return all numbers in one row: float64 (K,)."""
        parts = [getattr(self, item.name) for item in fields(self)]  # type: ignore[arg-type]
        return np.concatenate(
            [p.vector() if isinstance(p, Counts) else np.ravel(p) for p in parts]
        )

    def from_vector(self: CountsT, vector: np.ndarray) -> CountsT:
        """Return counts of the same kind from float64 (K,), the reverse of ``vector``."""
        values: dict[str, Any] = {}
        start = 0
        for item in fields(self):  # type: ignore[arg-type]
            mine = getattr(self, item.name)
            size = mine.vector().size if isinstance(mine, Counts) else np.size(mine)
            part = vector[start : start + size]
            start += size
            values[item.name] = _like(mine, part)
        return type(self)(**values)


def share(part: float, whole: float) -> float:
    """Return part / whole, NaN where there is no whole."""
    return part / whole if whole else float('nan')


def _like(mine: Any, part: np.ndarray) -> Any:
    if isinstance(mine, Counts):
        return mine.from_vector(part)
    return part.reshape(mine.shape) if isinstance(mine, np.ndarray) else part.item()
