"""What is told of a row: counts of every scene, and figures with intervals from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
import json
from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.core.typed_fields import read_fields
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.evaluation.metrics.concept_f1 import ConceptCounts
from efficientsam3_ros.evaluation.metrics.counts import Counts
from efficientsam3_ros.evaluation.metrics.mean_iou import OverlapCounts
from efficientsam3_ros.evaluation.metrics.region_boundary import RegionBoundaryCounts
from efficientsam3_ros.evaluation.scoring.intervals import percentile_interval, resampled
from training.settings.reading import ConfigError

_NAN = float('nan')


@dataclass(frozen=True)
class Metric:
    """A figure.

    Attributes:
        title: In tables.
        counts: Which counts of the scenes it is made of; empty for what is known of the network.
        value: Makes it.
    """

    title: str
    counts: str = ''
    value: Callable[[Any], float] = field(default=float)


KINDS: Mapping[str, Counts] = {
    'boxes': OverlapCounts(),
    'concepts': ConceptCounts(),
    'clips': RegionBoundaryCounts(),
}
METRICS: Mapping[str, Metric] = {
    'gmac': Metric('GMAC'),
    'memory_tokens': Metric('tokens'),
    'box_miou': Metric('box mIoU', 'boxes', lambda c: 100 * c.miou),
    'cgf1': Metric('cgF1', 'concepts', lambda c: 100 * c.score().cgf1),
    'pmf1': Metric('pmF1', 'concepts', lambda c: 100 * c.score().pmf1),
    'il_mcc': Metric('IL_MCC', 'concepts', lambda c: c.il_mcc()),
    'jf': Metric('J&F', 'clips', lambda c: 100 * c.jf),
}
"""By the name that expectations have; those with counts are over the scenes of all seeds."""


@dataclass(frozen=True)
class Scores:
    """A row with one seed.

    Attributes:
        row: Its name.
        seed: Its seed.
        gmac: Billions of multiply-accumulates of a picture with one phrase.
        memory_tokens: Tokens of a remembered frame; NaN without a memory.
        seconds: That its training took.
        threshold: Chosen on the validation pictures.
        scenes: Kind of counts to scene to its counts as numbers.
    """

    row: str
    seed: int
    gmac: float
    memory_tokens: float | None
    seconds: float
    threshold: float
    scenes: Mapping[str, Mapping[str, tuple[float, ...]]]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> Scores:
        """Read a file.

        Raises:
            ConfigError: If it is damaged.
        """
        try:
            return read_fields(cls, json.loads(path.read_text()))
        except (OSError, ValueError) as error:
            raise ConfigError(f'{path} is damaged ({error}); delete it to score again.') from error

    def counts(self, kind: str) -> dict[str, Counts]:
        """Return the counts of every scene."""
        return {k: KINDS[kind].from_vector(np.array(v)) for k, v in self.scenes[kind].items()}


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % bootstrap interval over scenes; NaN where there is none."""

    value: float
    low: float = _NAN
    high: float = _NAN


def figure_of(scores: Sequence[Scores], name: str) -> Figure | None:
    """Return a figure of a row over all its seeds; None if it was not scored."""
    metric = METRICS[name]
    if not metric.counts:
        known = [getattr(each, name) for each in scores]
        return None if not known or None in known else Figure(float(np.mean(known)))
    counts = _joined(scores, metric.counts)
    if not counts:
        return None
    drawn = [metric.value(total) for total in resampled(list(counts.values()))]
    interval = percentile_interval(drawn) if len(counts) > 1 else (_NAN, _NAN)
    return Figure(metric.value(_total(counts)), *interval)


def difference(
    scores: Sequence[Scores], than: Sequence[Scores], name: str, share: float, margin: float
) -> Figure | None:
    """Return ``figure - share * other - margin``, both rows on the same draws of scenes."""
    metric, pair = METRICS[name], [figure_of(each, name) for each in (scores, than)]
    if pair[0] is None or pair[1] is None:
        return None
    value = pair[0].value - share * pair[1].value - margin
    if not metric.counts:
        return Figure(value)
    own, other = (_joined(each, metric.counts) for each in (scores, than))
    if own.keys() != other.keys():
        raise ConfigError(f'{scores[0].row} and {than[0].row} were scored on other scenes.')
    if len(own) < 2:
        return Figure(value)
    drawn = [resampled([counts[scene] for scene in own]) for counts in (own, other)]
    differences = [
        metric.value(a) - share * metric.value(b) - margin for a, b in zip(*drawn, strict=True)
    ]
    return Figure(value, *percentile_interval(differences))


def _joined(scores: Sequence[Scores], kind: str) -> dict[str, Counts]:
    """Return the counts of every scene, summed over seeds, in the order of their names."""
    totals: dict[str, Counts] = {}
    for each in scores:
        for scene, counts in each.counts(kind).items() if kind in each.scenes else ():
            totals[scene] = totals[scene] + counts if scene in totals else counts
    return dict(sorted(totals.items()))


def _total(counts: Mapping[str, Counts]) -> Counts:
    first, *others = counts.values()
    for each in others:
        first = first + each
    return first
