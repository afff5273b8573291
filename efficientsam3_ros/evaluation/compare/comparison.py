"""Two evaluations of the same recordings, metric by metric: the second minus the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any

import numpy as np

from efficientsam3_ros.evaluation.compare.classes import class_differences, complete, precisions
from efficientsam3_ros.evaluation.compare.comparability import config_changes, same_question
from efficientsam3_ros.evaluation.compare.difference import (
    Difference,
    Differences,
    PairedDifference,
    known,
    main_metric,
)
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.scoring.intervals import (
    DRAWS,
    choices,
    percentile_interval,
    resampled,
)
from efficientsam3_ros.evaluation.scoring.metric_info import (
    ERRORS,
    LABEL_FREE,
    METRIC_INFO,
    SCORES,
)
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts


@dataclass(frozen=True)
class Comparison:
    """What changed from one run to another.

    Attributes:
        first: Name of the first run.
        second: Name of the second run.
        changes: What was run differently, in words.
        left_out: Sequence to the reason why it is not compared.
        total: Metric to its difference over the compared sequences; metrics that at least one has.
        sequences: Sequence to its differences, the worst regression first.
        concepts: Concept to its differences, the worst regression first; means over the
            sequences in which both runs have the metric.
    """

    first: str
    second: str
    changes: tuple[str, ...]
    left_out: Mapping[str, str]
    total: Differences
    sequences: Mapping[str, Differences]
    concepts: Mapping[str, Differences]


def compare(
    first: RunResults, second: RunResults, names: tuple[str, str], draws: int = DRAWS
) -> Comparison:
    """Compare two runs over the sequences in which both answered the same question.

    Args:
        first: The run to start from.
        second: The run to judge.
        names: What to call them.
        draws: Number of random choices of sequences for the intervals.

    Raises:
        ValueError: If there is no such sequence; names the reasons.
    """
    common, left_out = same_question(first, second)
    if not common:
        reasons = '; '.join(f'{name}: {why}' for name, why in left_out.items())
        raise ValueError(f'The two runs have no sequence that can be compared. {reasons}')
    sequences = {name: _of_sequence(first, second, name) for name in common}
    return Comparison(
        *names, config_changes(first, second), left_out, _total(first, second, common, draws),
        _regressions_first(sequences),
        _regressions_first(_concepts(first, second, common, draws)),
    )  # fmt: skip


def paired_differences(
    first: Sequence[SequenceCounts], second: Sequence[SequenceCounts], draws: int = DRAWS
) -> dict[str, Difference]:
    """Return each metric of both runs that at least one has, with the interval of the change.

    Args:
        first: One entry a sequence.
        second: The same sequences in the same order, of the other run.
        draws: Number of random choices of sequences.
    """
    totals = [Metrics.of(sum(counts, SequenceCounts())) for counts in (first, second)]
    drawn: list[list[Metrics]] = [[], []]
    if len(first) > 1:
        drawn = [[Metrics.of(total) for total in resampled(c, draws)] for c in (first, second)]
    differences = {}
    for name in (kind.name for kind in (*SCORES, *ERRORS, *LABEL_FREE)):
        a, b = (total.value(name) for total in totals)
        interval = percentile_interval(y.value(name) - x.value(name) for x, y in zip(*drawn))
        differences[name] = Difference(a, b, PairedDifference(b - a, *interval))
    return known(differences)


def _total(
    first: RunResults, second: RunResults, common: Sequence[str], draws: int
) -> Differences:
    counts = [[run.sequences[name].counts for name in common] for run in (first, second)]
    times = [[run.timing.sequences.get(name) for name in common] for run in (first, second)]
    whole = precisions(first.total, second.total) if complete(first, second, common) else {}
    return paired_differences(counts[0], counts[1], draws) | whole | _means(times)


def _concepts(
    first: RunResults, second: RunResults, common: Sequence[str], draws: int
) -> dict[str, Differences]:
    if first.classes and second.classes:
        return class_differences(first, second, common, draws)
    parts = [[run.sequences[name].concept_metrics for name in common] for run in (first, second)]
    concepts = dict.fromkeys(concept for part in parts[0] for concept in part)
    return {
        concept: _means([[p.get(concept) for p in part] for part in parts]) for concept in concepts
    }


def _means(parts: Sequence[Sequence[Any]]) -> dict[str, Difference]:
    """Return means over the entries where both runs have the metric."""
    differences = {}
    for name in METRIC_INFO:
        pairs = np.array([[_value(item, name) for item in pair] for pair in zip(*parts)])
        pairs = pairs[~np.isnan(pairs).any(axis=1)]
        if len(pairs):
            first, second = (float(value) for value in pairs.mean(axis=0))
            differences[name] = Difference(first, second, _mean_change(pairs))
    return differences


def _mean_change(pairs: np.ndarray) -> PairedDifference:
    """Return the mean of second minus first of float64 (N, 2), and its interval over rows."""
    changes = pairs[:, 1] - pairs[:, 0]
    spread = changes[choices(len(changes))].mean(axis=1) if len(changes) > 1 else []
    return PairedDifference(float(changes.mean()), *percentile_interval(spread))


def _of_sequence(first: RunResults, second: RunResults, name: str) -> Differences:
    metrics = [run.sequences[name].metrics for run in (first, second)]
    times = [run.timing.sequences.get(name) for run in (first, second)]
    return _single(*metrics) | _single(*times)


def _single(first: object, second: object) -> dict[str, Difference]:
    values = {name: (_value(first, name), _value(second, name)) for name in METRIC_INFO}
    return known(
        {
            name: Difference(a, b, PairedDifference(b - a, math.nan, math.nan))
            for name, (a, b) in values.items()
        }
    )


def _regressions_first(rows: Mapping[str, Differences]) -> dict[str, Differences]:
    def rank(name: str) -> float:
        main = main_metric(rows[name])
        gain = rows[name][main].gain(METRIC_INFO[main]) if main else math.nan
        return math.inf if math.isnan(gain) else gain

    return {name: rows[name] for name in sorted(rows, key=rank)}


def _value(item: object, name: str) -> float:
    value = getattr(item, name, None)
    return math.nan if value is None else float(value)
