"""Confidence intervals by drawing sequences again and again.

Sequences are drawn, not frames or masks: frames of one recording are not independent. The
interval is the percentile one (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
chapter 13); paired, both systems are scored on the same draws (chapter 16).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.evaluation.metrics.counts import CountsT

DRAWS = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class PairedDifference:
    """How one figure differs between two systems on the same sequences.

    Attributes:
        value: The second minus the first, over all sequences.
        low: Lower end of the interval.
        high: Upper end; both NaN with fewer than two sequences.
    """

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def resampled(counts: Sequence[CountsT], draws: int = DRAWS, seed: int = 0) -> list[CountsT]:
    """Return totals over random choices of as many sequences as there are, with repetition.

    The choice depends on the seed and the number of sequences only, so two systems that were
    measured on the same sequences get the same ones.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(counts), (draws, len(counts)))
    weights = np.zeros((draws, len(counts)))
    np.add.at(weights, (np.arange(draws)[:, None], chosen), 1)
    totals = weights @ np.stack([item.vector() for item in counts])
    return [counts[0].from_vector(total) for total in totals]


def percentile_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return where the middle ``LEVEL`` of the values that are defined lie; NaN if none is."""
    defined = [value for value in values if not np.isnan(value)]
    if not defined:
        return float('nan'), float('nan')
    edge = 50 * (1 - LEVEL)
    low, high = np.percentile(defined, [edge, 100 - edge])
    return float(low), float(high)


def check_paired(first: Sequence[object], second: Sequence[object]) -> None:
    """Refuse lists that cannot be the same sequences.

    Raises:
        ValueError: If their lengths differ or are zero.
    """
    if len(first) != len(second) or not first:
        raise ValueError(
            f'{len(first)} sequences beside {len(second)}; compare the same ones, at least one.'
        )
