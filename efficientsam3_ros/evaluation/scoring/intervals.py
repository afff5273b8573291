"""Confidence intervals of metrics, by drawing sequences again and again.

Sequences are drawn, not frames or masks: frames of one recording are not independent. The
interval is the percentile one (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
chapter 13); paired, both systems are scored on the same draws (chapter 16).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from efficientsam3_ros.evaluation.metrics.counts import CountsT
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

DRAWS = 1000
LEVEL = 0.95
HEADLINES = ('cgf1', 'jf', 'hota')
_NAN = float('nan')


def choices(number: int, draws: int = DRAWS) -> np.ndarray:
    """Return int64 (draws, number): random choices of as many sequences as there are.

    With repetition. They depend on the numbers only, so two systems that were measured on the
    same sequences get the same ones.
    """
    return np.random.default_rng(0).integers(0, number, (draws, number))


def resampled(counts: Sequence[CountsT], draws: int = DRAWS) -> list[CountsT]:
    """Return the totals over ``choices`` of sequences, one entry of ``counts`` each."""
    weights = np.zeros((draws, len(counts)))
    np.add.at(weights, (np.arange(draws)[:, None], choices(len(counts), draws)), 1)
    totals = weights @ np.stack([item.vector() for item in counts])
    # Few sequences are chosen alike again and again.
    rows = [row.tobytes() for row in weights]
    made = {row: counts[0].from_vector(total) for row, total in dict(zip(rows, totals)).items()}
    return [made[row] for row in rows]


def percentile_interval(values: Iterable[float]) -> tuple[float, float]:
    """Return where the middle ``LEVEL`` of the values that are defined lie; NaN if none is."""
    defined = [value for value in values if not np.isnan(value)]
    if not defined:
        return _NAN, _NAN
    edge = 50 * (1 - LEVEL)
    low, high = np.percentile(defined, [edge, 100 - edge])
    return float(low), float(high)


def intervals(
    counts: Sequence[SequenceCounts], names: Iterable[str] = HEADLINES, draws: int = DRAWS
) -> dict[str, tuple[float, float]]:
    """Return the 95 % bootstrap interval of each metric; (NaN, NaN) under two sequences.

    Args:
        counts: One entry a sequence.
        names: Fields of ``Metrics``.
        draws: Number of random choices of sequences.
    """
    if len(counts) < 2:
        return dict.fromkeys(names, (_NAN, _NAN))
    totals = resampled(counts, draws)
    made = {key: Metrics.of(total) for key, total in {id(t): t for t in totals}.items()}
    drawn = [made[id(total)] for total in totals]
    return {name: percentile_interval(item.value(name) for item in drawn) for name in names}
