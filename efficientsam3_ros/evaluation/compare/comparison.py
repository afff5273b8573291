"""Two evaluations of the same recordings, metric by metric: the second minus the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import math
from typing import Any

import numpy as np

from efficientsam3_ros.evaluation.compare.comparability import config_changes, same_question
from efficientsam3_ros.evaluation.metrics.bootstrap import (
    DRAWS,
    PairedDifference,
    percentile_interval,
)
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.scoring.intervals import paired_differences
from efficientsam3_ros.evaluation.scoring.metric_info import LATENCIES, METRIC_INFO, MetricKind
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.scoring.sequence_counts import SequenceCounts

_LATENCY = frozenset(kind.name for kind in LATENCIES)
_MAIN = 'cgf1', 'jf', 'temporal_iou'
_SAME = 1e-9
_ORDER = {'worse': 0, 'undefined in B': 1, 'perhaps worse': 2}
ROW_METRICS = 'cgf1', 'jf', 'hota', 'id_switches', 'temporal_iou', 'flicker', 'p95_ms'
"""What is told of each sequence and each concept."""


@dataclass(frozen=True)
class Difference:
    """One metric in both runs; stored units: 0..1, counts, milliseconds.

    Attributes:
        first: In the first run; NaN where undefined.
        second: In the second run.
        change: Second minus first, with its 95 % interval over sequences.
    """

    first: float
    second: float
    change: PairedDifference

    def gain(self, kind: MetricKind) -> float:
        """Return the change, positive where the second run is better."""
        return self.change.value if kind.better == 'higher' else -self.change.value


Differences = Mapping[str, Difference]


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
        _regressions_first(sequences), _regressions_first(_concepts(first, second, common)),
    )  # fmt: skip


def verdict(name: str, item: Difference) -> str:
    """Return what a change means: 'worse', 'better', or 'perhaps ...' where the interval has 0."""
    gain = item.gain(METRIC_INFO[name])
    if math.isnan(gain):
        return 'undefined in A' if math.isnan(item.first) else 'undefined in B'
    if abs(gain) < _SAME:
        return 'same'
    word = 'better' if gain > 0 else 'worse'
    return word if item.change.is_clear else f'perhaps {word}'


def by_verdict(rows: Differences) -> list[tuple[str, Difference, str]]:
    """Return metrics with their verdicts, the regressions first."""
    told = [(name, item, verdict(name, item)) for name, item in rows.items()]
    return sorted(told, key=lambda row: _ORDER.get(row[2], len(_ORDER)))


def has_accuracy(rows: Differences) -> bool:
    """Tell whether any metric compares answers with ground truth."""
    return any(
        not (METRIC_INFO[name].label_free or name in _LATENCY) and METRIC_INFO[name].scale != 1
        for name in rows
    )


def main_metric(differences: Differences) -> str | None:
    """Return the metric by which rows are ordered: cgF1, else J&F, else temporal IoU."""
    return next((name for name in _MAIN if name in differences), None)


def _total(
    first: RunResults, second: RunResults, common: Sequence[str], draws: int
) -> Differences:
    counts = [[run.sequences[name].counts for name in common] for run in (first, second)]
    totals = [Metrics.of(sum(part, SequenceCounts())) for part in counts]
    wanted = [name for name in METRIC_INFO if name not in _LATENCY]
    changes = paired_differences(counts[0], counts[1], wanted, draws)
    metrics = {
        name: Difference(_value(totals[0], name), _value(totals[1], name), changes[name])
        for name in wanted
    }
    times = [[run.timing.sequences.get(name) for name in common] for run in (first, second)]
    return _known(metrics) | _means(times, _LATENCY)


def _concepts(
    first: RunResults, second: RunResults, common: Sequence[str]
) -> dict[str, Differences]:
    parts = [[run.sequences[name].concept_metrics for name in common] for run in (first, second)]
    concepts = dict.fromkeys(concept for part in parts[0] for concept in part)
    return {
        concept: _means([[p.get(concept) for p in part] for part in parts], METRIC_INFO)
        for concept in concepts
    }


def _of_sequence(first: RunResults, second: RunResults, name: str) -> Differences:
    metrics = [run.sequences[name].metrics for run in (first, second)]
    times = [run.timing.sequences.get(name) for run in (first, second)]
    return _single(metrics, set(METRIC_INFO) - _LATENCY) | _single(times, _LATENCY)


def _means(parts: Sequence[Sequence[Any]], names: Iterable[str]) -> dict[str, Difference]:
    """Return means over the entries where both runs have the metric."""
    differences = {}
    chosen = set(names)
    for name in (name for name in METRIC_INFO if name in chosen):
        pairs = np.array([[_value(item, name) for item in pair] for pair in zip(*parts)])
        pairs = pairs[~np.isnan(pairs).any(axis=1)]
        if len(pairs):
            first, second = (float(value) for value in pairs.mean(axis=0))
            differences[name] = Difference(first, second, _mean_change(pairs))
    return differences


def _mean_change(pairs: np.ndarray) -> PairedDifference:
    """Return the mean of second minus first of float64 (N, 2), and its interval over rows."""
    changes = pairs[:, 1] - pairs[:, 0]
    drawn = np.random.default_rng(0).integers(0, len(changes), (DRAWS, len(changes)))
    spread = changes[drawn].mean(axis=1) if len(changes) > 1 else []
    return PairedDifference(float(changes.mean()), *percentile_interval(list(spread)))


def _single(pair: Sequence[Any], names: Iterable[str]) -> dict[str, Difference]:
    values = {name: tuple(_value(item, name) for item in pair) for name in METRIC_INFO}
    chosen = set(names)
    return _known({
        name: Difference(a, b, PairedDifference(b - a, math.nan, math.nan))
        for name, (a, b) in values.items() if name in chosen
    })  # fmt: skip


def _known(differences: dict[str, Difference]) -> dict[str, Difference]:
    """Return those that at least one run has: a metric that vanished must be seen."""
    return {
        name: item
        for name, item in differences.items()
        if not (math.isnan(item.first) and math.isnan(item.second))
    }


def _regressions_first(rows: Mapping[str, Differences]) -> dict[str, Differences]:
    def rank(name: str) -> float:
        main = main_metric(rows[name])
        gain = rows[name][main].gain(METRIC_INFO[main]) if main else math.nan
        return math.inf if math.isnan(gain) else gain

    return {name: rows[name] for name in sorted(rows, key=rank)}


def _value(item: object, name: str) -> float:
    value = getattr(item, name, None)
    return math.nan if value is None else float(value)
