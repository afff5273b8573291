"""How long results take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LatencySummary:
    """Order statistics of durations, seconds; NaN without a sample.

    Attributes:
        count: Number of samples.
        mean: Arithmetic mean.
        p50: Median.
        p95: 95th percentile, linear interpolation.
        p99: 99th percentile.
        max: The longest.
    """

    count: int
    mean: float
    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> LatencySummary:
        """Summarise durations in seconds."""
        if not len(seconds):
            return cls(0, *[float('nan')] * 5)
        values = np.asarray(seconds, np.float64)
        p50, p95, p99 = np.percentile(values, [50, 95, 99])
        return cls(len(values), *map(float, (values.mean(), p50, p95, p99, values.max())))
