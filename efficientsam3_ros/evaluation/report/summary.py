"""The top of a report: what it is worth, the headline figures, and what was run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import math
from shlex import quote
from typing import Any

from efficientsam3_ros.evaluation.report.axes import figure
from efficientsam3_ros.evaluation.report.markup import Html, counted, tag
from efficientsam3_ros.evaluation.report.page import facts
from efficientsam3_ros.evaluation.report.spans import Span, span_chart
from efficientsam3_ros.evaluation.results import RunResults, RunSettings, SequenceTiming
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, UNDEFINED, MetricKind

HEADLINE = 'cgf1', 'jf', 'hota', 'absent_accuracy', 'id_switches'
LABEL_FREE = 'temporal_iou', 'flicker', 'id_churn', 'coverage'


def summary(results: RunResults) -> list[object]:
    """Return banner, tiles, intervals, failures and settings."""
    return [
        _banner(results), tag('div', _tiles(results), class_='tiles'), _intervals(results),
        _failed(results), tag('h2', 'What was run'), facts(_settings(results)),
        tag('p', 'To run it again:', class_='soft'),
        tag('pre', tag('code', command(results.config))),
    ]  # fmt: skip


def with_truth(results: RunResults) -> int:
    """Return the number of sequences that have ground truth."""
    return sum(item.truth != 'none' for item in results.sequences.values())


def command(config: RunSettings) -> str:
    """Return the command that was run, but for the paths, which results do not hold."""
    words = ['efficientsam3', 'evaluate', *([] if config.suite else ['RECORDINGS'])]
    scenes = config.suite.startswith('--')
    words += config.suite.split() if scenes else ['--suite', config.suite] if config.suite else []
    words += ['--bundle', config.bundle, '--engine', config.engine, '--mode', config.mode]
    words += ['--node'] if config.over_dds else []
    words += ['--detector-alone'] if config.detector_alone else []
    if math.isfinite(config.threshold):
        words += ['--threshold', f'{config.threshold:.6g}']
    words += ['--concepts', *config.concepts] if config.concepts else []
    return ' '.join(map(quote, words))


def _banner(results: RunResults) -> Html | None:
    count, known = len(results.sequences), with_truth(results)
    if known == count:
        return None
    if known == 0:
        strong = 'There is no ground truth: nothing here says whether the answers are right.'
        more = 'Temporal IoU, flicker, id churn and coverage are not accuracy: a tracker that '
        more += 'steadily follows the wrong thing scores well. Use them to find changes, '
        more += 'and look at the pictures.'
    else:
        strong = f'{count - known} of {count} sequences have no ground truth.'
        more = 'They do not enter the accuracy figures; their label-free figures are not accuracy.'
    return tag('div', tag('p', tag('b', strong)), tag('p', more), class_='banner', role='note')


def _tiles(results: RunResults) -> Iterator[Html]:
    names = HEADLINE if with_truth(results) else LABEL_FREE
    for name in names:
        kind = METRIC_INFO[name]
        value = getattr(results.total, name)
        interval = results.intervals_95.get(name)
        sure = interval is not None and all(map(math.isfinite, interval))
        note = _between(kind, interval) if interval and sure else kind.meaning
        yield _tile(kind.label, kind.show(value), note)
    timings = results.timing.sequences
    if timings:
        yield from _time_tiles(timings)


def _time_tiles(timings: Mapping[str, SequenceTiming]) -> Iterator[Html]:
    slowest = max(timings.values(), key=lambda item: _or_zero(item.p95_ms))
    p95 = f'{slowest.p95_ms:.0f}' if math.isfinite(slowest.p95_ms) else UNDEFINED
    yield _tile('p95 latency', p95, 'of the slowest sequence', 'ms')
    received = sum(item.received for item in timings.values())
    dropped = sum(sum(item.dropped.values()) for item in timings.values())
    share = f'{100 * dropped / received:.1f}' if received else UNDEFINED
    yield _tile('dropped', share, f'{dropped} of {counted(received, "frame")}', '%')


def _intervals(results: RunResults) -> Html | None:
    spans = []
    for name, interval in results.intervals_95.items():
        kind, value = METRIC_INFO.get(name), getattr(results.total, name)
        numbers = [value, *interval]
        if kind is None or kind.scale != 100.0 or not all(map(math.isfinite, numbers)):
            continue
        low, high = (100 * end for end in interval)
        spans.append(Span(kind.label, 100 * value, (low, high), 'c0',
                          f'{kind.show(value)}, {_between(kind, interval)}'))  # fmt: skip
    if not spans:
        return None
    lowest = min(0.0, *(span.interval[0] for span in spans if span.interval))
    chart = span_chart('intervals', spans, 'points', (lowest, 100.0))
    caption = '95 % bootstrap intervals: sequences are drawn with replacement, not single masks.'
    return tag('div', figure('How sure the figures are', chart, caption), class_='wide')


def _failed(results: RunResults) -> Html | None:
    if not results.failed:
        return None
    items = (tag('li', tag('b', name), f': {why}') for name, why in sorted(results.failed.items()))
    heading = tag(
        'p', tag('b', f'{counted(len(results.failed), "sequence")} could not be evaluated.')
    )
    return tag('div', heading, tag('ul', items, class_='notes'), class_='banner', role='note')


def _settings(results: RunResults) -> list[tuple[str, object]]:
    config, timing = results.config, results.timing
    frames = sum(item.frames for item in results.sequences.values())
    where = 'the node, over DDS' if config.over_dds else 'in process'
    known = with_truth(results) > 0
    graphs = ((name, ' ', tag('code', digest[:12]), ' ') for name, digest in config.graphs.items())
    pairs: list[tuple[str, object]] = [
        ('bundle', [config.bundle, ' ', tag('code', config.bundle_digest[:12])]),
        ('graphs (SHA-256)', graphs),
        ('mode', f'{config.mode}, {where}, engine {config.engine}'),
        ('detection threshold', f'{config.threshold:.3f}'),
        ('tracker', _tracker(config.tracker)),
        ('data', f'{counted(len(results.sequences), "sequence")}, {counted(frames, "frame")}'),
        ('suite', config.suite),
        ('concepts', ', '.join(config.concepts) or (known and 'those of the ground truth')),
        ('scored', known and f'{results.total.datapoints} datapoints (frame, phrase)'),
        (
            'wall time',
            f'{timing.seconds:.0f} s, {counted(timing.workers, "process", "processes")}',
        ),
    ]
    return [(name, value) for name, value in pairs if value]


def _tracker(settings: Mapping[str, Any]) -> object:
    """Return the tracker's settings, folded away: there are many and few are looked up."""
    # Null and NaN leave a setting to the bundle.
    known = {k: v for k, v in settings.items() if v is not None and v == v}
    if not known:
        return 'defaults of the bundle'
    head = tag('summary', counted(len(known), 'setting'))
    return tag('details', head, ', '.join(f'{name} {value}' for name, value in known.items()))


def _between(kind: MetricKind, interval: tuple[float, float]) -> str:
    return f'95 %: {kind.show(interval[0])} to {kind.show(interval[1])}'


def _tile(name: str, value: str, note: str, unit: str = '') -> Html:
    label = tag('span', name, class_='name')
    figures = tag('b', value, tag('small', unit) if unit else None)
    return tag('div', label, figures, tag('span', note), class_='tile')


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0
