"""Latency, and where frames went."""

from __future__ import annotations

from collections.abc import Sequence
import math

from efficientsam3_ros.evaluation.report.axes import Axis, Plot, figure
from efficientsam3_ros.evaluation.report.bars import Mark, Part, histogram
from efficientsam3_ros.evaluation.report.markup import Html, join, tag
from efficientsam3_ros.evaluation.results import SequenceTiming

_CAUSES = 'c3', 'c1', 'c4', 'c6', 'c7'


def latency_charts(timing: SequenceTiming) -> Html:
    """Return the histogram of latencies, what a step consists of, and the fate of frames."""
    return join([_latencies(timing), _bars('Where the time goes', _stages(timing), 'ms'),
                 _fates(timing)])  # fmt: skip


def frames_sentence(timing: SequenceTiming) -> str:
    """Return how many frames there were and where they went."""
    lost = ', '.join(f'{count} {cause}' for cause, count in sorted(timing.dropped.items()))
    text = f'{timing.received} received = {timing.processed} processed'
    text += f' + {sum(timing.dropped.values())} dropped'
    text += f' ({lost})' if lost and sum(timing.dropped.values()) else ''
    if timing.offered > timing.received:
        text += f'; {timing.offered - timing.received} of {timing.offered} never arrived'
    return text


def _latencies(timing: SequenceTiming) -> Html | None:
    counts = list(timing.histogram)
    if not sum(counts) or math.isnan(timing.histogram_ms):
        return None
    last = max(i for i, count in enumerate(counts) if count) + 1
    whole = last == len(counts)
    counts, width = _merged(counts[:last], timing.histogram_ms)
    edges = [i * width for i in range(len(counts) + 1)]
    known = [('p50', timing.p50_ms), ('p95', timing.p95_ms), ('p99', timing.p99_ms)]
    marks = [
        Mark(f'{name} {ms:.1f} ms', min(ms, edges[-1])) for name, ms in known if math.isfinite(ms)
    ]
    chart = histogram('latency', edges, [Part('frames', 'c0', counts)], 'latency (ms)', 'frames',
                      marks, ' ms')  # fmt: skip
    notes = [f'The last bar takes all longer ones, up to {timing.max_ms:.0f} ms.'] if whole else []
    notes += ['Measured by an earlier run; taken from the cache.'] if timing.cached else []
    return figure('Latency of a frame', chart, ' '.join(notes) or None)


def _merged(counts: Sequence[int], width: float, most: int = 60) -> tuple[list[int], float]:
    """Join neighbouring bins until there are few enough to be seen."""
    factor = math.ceil(len(counts) / most)
    joined = [sum(counts[i : i + factor]) for i in range(0, len(counts), factor)]
    return joined, width * factor


def _stages(timing: SequenceTiming) -> list[tuple[str, float, str]]:
    return [(name, value, 'c0') for name, value in timing.stages.items() if math.isfinite(value)]


def _fates(timing: SequenceTiming) -> Html | None:
    causes = sorted(timing.dropped.items(), key=lambda item: (-item[1], item[0]))
    lost = [(f'dropped: {name}', float(n), _CAUSES[i % 5]) for i, (name, n) in enumerate(causes)]
    if timing.offered > timing.received:
        lost.append(('never arrived', float(timing.offered - timing.received), 'none'))
    if not any(value for _, value, _ in lost):
        return None
    rows = [('processed', float(timing.processed), 'c2'), *lost]
    return _bars('Where the frames went', rows, 'frames', f'{frames_sentence(timing)}.')


def _bars(
    title: str, rows: Sequence[tuple[str, float, str]], unit: str, caption: str | None = None
) -> Html | None:
    """Return one horizontal bar a row."""
    if not rows:
        return None
    most = max(value for _, value, _ in rows)
    label = f'median time ({unit})' if unit == 'ms' else unit
    plot = Plot(Axis.over(0, most * 1.12 or 1, label, 4, rounded=False), Axis(0, 1, '', ()),
                height=26.0 * len(rows) + 54, left=130.0, top=8.0)  # fmt: skip
    marks = []
    for i, (name, value, kind) in enumerate(rows):
        y, end = plot.top + 26.0 * i, plot.px(value)
        text = f'{value:.1f}' if unit == 'ms' else f'{value:.0f}'
        marks += [
            tag('text', name, x=plot.left - 8, y=y + 17, text_anchor='end', class_='name'),
            tag('rect', tag('title', f'{name}: {text} {unit}'), x=plot.left, y=y + 4, rx=2,
                height=18, width=max(1.0, end - plot.left), class_=f'fill {kind}'),
            tag('text', text, x=end + 5, y=y + 17, class_='number'),
        ]  # fmt: skip
    return figure(title, plot.draw(title, marks), caption)
