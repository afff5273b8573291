"""The top of a report: headline metrics with their intervals, and the command that was run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import math
from shlex import quote

from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.evaluation.report.charts import BLUE, Chart
from efficientsam3_ros.evaluation.report.rows import Span, span_chart
from efficientsam3_ros.evaluation.results import RunResults, RunSettings
from efficientsam3_ros.evaluation.scoring.metric_info import (
    METRIC_INFO,
    UNDEFINED,
    MetricKind,
    counted,
)

HEADLINE = 'cgf1', 'jf', 'hota', 'absent_accuracy', 'id_switches'
WITHOUT_IDS = 'cgf1', 'pmf1', 'il_mcc', 'absent_accuracy', 'miou'
OF_PICTURES = (
    'cgf1', 'pmf1', 'il_mcc', 'recall_50', 'precision_50', 'ap_50', 'absent_accuracy',
)  # fmt: skip
LABEL_FREE = 'temporal_iou', 'flicker', 'id_churn', 'coverage'


@dataclass(frozen=True)
class Tile:
    """A metric in large print: its name, the text, a note below, and its unit."""

    name: str
    value: str
    note: str
    unit: str = ''


def with_truth(results: RunResults) -> int:
    """Return the number of sequences that have ground truth."""
    return sum(item.truth != 'none' for item in results.sequences.values())


def command(config: RunSettings) -> str:
    """Return the command that was run, but for the paths, which results do not hold."""
    words = ['efficientsam3', 'evaluate', *([] if config.suite else ['RECORDINGS'])]
    scenes = config.suite.startswith('--')
    words += config.suite.split() if scenes else ['--suite', config.suite] if config.suite else []
    words += ['--root', 'FOLDER'] if config.suite in REAL_SUITES else []
    words += ['--bundle', config.bundle, '--engine', config.engine, '--mode', config.mode]
    words += ['--node'] if config.over_dds else []
    words += ['--detector-alone'] if config.detector_alone else []
    if math.isfinite(config.threshold):
        words += ['--threshold', f'{config.threshold:.6g}']
    words += ['--concepts', *config.concepts] if config.concepts else []
    return ' '.join(map(quote, words))


def tiles(results: RunResults) -> Iterator[Tile]:
    """Return the headline metrics, with intervals where they are known, and the times."""
    headline: tuple[str, ...] = WITHOUT_IDS if results.config.detector_alone else HEADLINE
    headline = OF_PICTURES if results.classes else headline
    for name in headline if with_truth(results) else LABEL_FREE:
        kind = METRIC_INFO[name]
        interval = results.intervals_95.get(name, (math.nan, math.nan))
        note = _between(kind, interval) if all(map(math.isfinite, interval)) else kind.meaning
        yield Tile(kind.label, kind.show(results.total.value(name)), note)
    timings = list(results.timing.sequences.values())
    if timings and not results.classes:
        slowest = max((t.p95_ms for t in timings if math.isfinite(t.p95_ms)), default=math.nan)
        p95 = f'{slowest:.0f}' if math.isfinite(slowest) else UNDEFINED
        yield Tile('p95 latency', p95, 'of the slowest sequence', 'ms')
        received = sum(item.received for item in timings)
        dropped = sum(sum(item.dropped.values()) for item in timings)
        share = f'{100 * dropped / received:.1f}' if received else UNDEFINED
        yield Tile('dropped', share, f'{dropped} of {counted(received, "frame")}', '%')


def interval_chart(results: RunResults) -> list[Chart]:
    """Return the chart of the bootstrap intervals; none where there are none."""
    spans = []
    for name, interval in results.intervals_95.items():
        kind, value = METRIC_INFO.get(name), results.total.value(name)
        if kind is None or kind.scale != 100.0 or not all(map(math.isfinite, (value, *interval))):
            continue
        low, high = (100 * end for end in interval)
        tip = f'{kind.show(value)}, {_between(kind, interval)}'
        spans.append(Span(kind.label, 100 * value, (low, high), tip))
    if not spans:
        return []
    lowest = min(0.0, *(span.interval[0] for span in spans if span.interval))
    what = 'pictures' if results.classes else 'sequences'
    caption = f'95 % bootstrap intervals: {what} are drawn with replacement, not single masks.'
    return [span_chart('Confidence intervals', spans, 'points', (lowest, 100.0),
                       {'': BLUE}, caption)]  # fmt: skip


def _between(kind: MetricKind, interval: tuple[float, float]) -> str:
    return f'95 %: {kind.show(interval[0])} to {kind.show(interval[1])}'
