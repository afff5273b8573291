"""Confidence intervals of metrics over sequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from efficientsam3_ros.evaluation.metrics.bootstrap import (
    DRAWS,
    PairedDifference,
    check_paired,
    percentile_interval,
    resampled,
)
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

HEADLINES = ('cgf1', 'jf', 'hota')
_NAN = float('nan')


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
    drawn = [Metrics.of(total) for total in resampled(counts, draws)]
    return {name: percentile_interval([f.value(name) for f in drawn]) for name in names}


def paired_differences(
    first: Sequence[SequenceCounts],
    second: Sequence[SequenceCounts],
    names: Iterable[str] = HEADLINES,
    draws: int = DRAWS,
) -> dict[str, PairedDifference]:
    """Return how each metric of the second run differs from the first, with its 95 % interval.

    Args:
        first: One entry a sequence.
        second: The same sequences in the same order, of the other run.
        names: Fields of ``Metrics``.
        draws: Number of random choices of sequences.

    Raises:
        ValueError: If the numbers of sequences differ or are zero.
    """
    check_paired(first, second)
    totals = [Metrics.of(sum(counts, SequenceCounts())) for counts in (first, second)]
    drawn: list[list[Metrics]] = [[], []]
    if len(first) > 1:
        drawn = [[Metrics.of(total) for total in resampled(c, draws)] for c in (first, second)]
    differences = {}
    for name in names:
        value = totals[1].value(name) - totals[0].value(name)
        spread = [b.value(name) - a.value(name) for a, b in zip(*drawn)]
        differences[name] = PairedDifference(value, *percentile_interval(spread))
    return differences
