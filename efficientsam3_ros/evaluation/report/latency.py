"""Latency, time per stage, and how many frames were processed or dropped."""

from __future__ import annotations

import math

import numpy as np

from efficientsam3_ros.evaluation.report import charts
from efficientsam3_ros.evaluation.report.charts import Chart, Layer
from efficientsam3_ros.evaluation.report.rows import bar_chart
from efficientsam3_ros.evaluation.sequence_result import SequenceTiming

_MOST_BINS = 60
_CAUSES = charts.RED, charts.ORANGE, charts.PINK, charts.OLIVE, charts.VIOLET


def latency_charts(timing: SequenceTiming) -> list[Chart]:
    """Return the histogram of latencies, the median time per stage, and frames by outcome."""
    made = [_latencies(timing)] if sum(timing.histogram) and timing.histogram_ms > 0 else []
    stages = {name: ms for name, ms in timing.stages.items() if math.isfinite(ms)}
    if stages:
        blue = [charts.BLUE] * len(stages)
        made.append(bar_chart('Time per stage', stages, 'median time (ms)', blue))
    return [*made, *_outcomes(timing)]


def frames_sentence(timing: SequenceTiming) -> str:
    """Return how many frames there were and what became of them."""
    lost = ', '.join(f'{count} {cause}' for cause, count in sorted(timing.dropped.items()))
    text = f'{timing.received} received = {timing.processed} processed'
    text += f' + {sum(timing.dropped.values())} dropped'
    text += f' ({lost})' if lost and sum(timing.dropped.values()) else ''
    if timing.offered > timing.received:
        text += f'; {timing.offered - timing.received} of {timing.offered} never arrived'
    return text


def joined_bins(counts: np.ndarray, width: float) -> tuple[np.ndarray, float]:
    """Join neighbouring bins int (N,) until there are few enough to be seen."""
    factor = math.ceil(len(counts) / _MOST_BINS)
    return np.add.reduceat(counts, np.arange(0, len(counts), factor)), width * factor


def _latencies(timing: SequenceTiming) -> Chart:
    counts = np.trim_zeros(np.array(timing.histogram), 'b')
    cut = len(counts) == len(timing.histogram)
    counts, width = joined_bins(counts, timing.histogram_ms)
    edges = width * np.arange(len(counts) + 1)
    data = {'left': edges[:-1], 'right': edges[1:], 'top': counts}
    style = {'bottom': 0, 'fill_color': charts.BLUE, 'line_color': 'white'}
    layers = [Layer('quad', data, style, tips={'latency': '@left to @right ms', 'frames': '@top'})]
    marks = ('p50', timing.p50_ms, 'solid'), ('p95', timing.p95_ms, 'dashed')
    for name, ms, dash in (*marks, ('p99', timing.p99_ms, 'dotted')):
        line = {'line_color': charts.INK, 'line_dash': dash}
        if math.isfinite(ms):
            place = {'x': [min(ms, edges[-1])]}
            layers.append(Layer('vspan', place, line, f'{name} {ms:.1f} ms'))
    notes = [f'The last bar takes all longer ones, up to {timing.max_ms:.0f} ms.'] if cut else []
    notes += ['Measured by an earlier run; taken from the cache.'] if timing.cached else []
    return Chart('Latency of a frame', layers, 'latency (ms)', 'frames', x=(0, float(edges[-1])),
                 y=(0, 1.05 * float(counts.max())), caption=' '.join(notes))  # fmt: skip


def _outcomes(timing: SequenceTiming) -> list[Chart]:
    causes = sorted(timing.dropped.items(), key=lambda item: (-item[1], item[0]))
    bars = {'processed': timing.processed, **{f'dropped: {name}': n for name, n in causes}}
    colors = [charts.GREEN, *(_CAUSES[i % len(_CAUSES)] for i in range(len(causes)))]
    if timing.offered > timing.received:
        bars['never arrived'] = timing.offered - timing.received
        colors.append(charts.GREY)
    if sum(bars.values()) == timing.processed:
        return []
    caption = f'{frames_sentence(timing)}.'
    return [bar_chart('Frames by outcome', bars, 'frames', colors, caption)]
