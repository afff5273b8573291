"""One metric in two runs, and what its change means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import math

from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, MetricKind

_MAIN = 'cgf1', 'jf', 'temporal_iou'
_SAME = 1e-9
_ORDER = {'worse': 0, 'undefined in B': 1, 'perhaps worse': 2}
_ROW_METRICS = 'cgf1', 'jf', 'hota', 'id_switches', 'temporal_iou', 'flicker', 'p95_ms'


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


def known(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    """Return those that at least one run has: a metric that vanished must be seen."""
    return {
        name: item
        for name, item in differences.items()
        if not (math.isnan(item.first) and math.isnan(item.second))
    }


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
    kinds = [METRIC_INFO[name] for name in rows]
    return any(kind.scale != 1 and not kind.label_free for kind in kinds)


def row_metrics(rows: Mapping[str, Differences]) -> list[str]:
    """Return what is told of each sequence or each concept."""
    return [name for name in _ROW_METRICS if any(name in row for row in rows.values())]


def main_metric(differences: Differences) -> str | None:
    """Return the metric by which rows are ordered: cgF1, else J&F, else temporal IoU."""
    return next((name for name in _MAIN if name in differences), None)
