"""Charts over the time of one sequence, on one common time axis."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.evaluation.report import charts
from efficientsam3_ros.evaluation.report.charts import Chart, Layer
from efficientsam3_ros.evaluation.report.timeline import timeline_chart
from efficientsam3_ros.evaluation.sequence_result import PerFrame, SequenceResult

MOST_POINTS = 1000
"""More points than that are not visible and only make the page heavy."""

_MOST_DROPPED = 400


def time_charts(result: SequenceResult) -> list[Chart]:
    """Return J&F, number of objects and track timelines of a sequence; zooming moves all."""
    curves = result.per_frame
    if not curves.stamp_ns:
        return []
    start = (np.array(curves.stamp_ns) - curves.stamp_ns[0]) / SECOND_NS
    # A frame's result stands until the next frame comes.
    end = np.append(start[1:], start[-1] + (start[-1] / max(1, len(start) - 1) or 1.0))
    made = [] if np.isnan(curves.jf).all() else [_quality(curves, start, end)]
    made += [_objects(curves, start)]
    made += [timeline_chart(result, start, end)] if result.track_timelines else []
    return [replace(chart, x=(0, float(end[-1]))) for chart in made]


def lowest_of(values: np.ndarray, most: int = MOST_POINTS) -> np.ndarray:
    """Return at most ``most`` indices of float (N,), of each stretch that of the lowest value.

    The lowest and not the mean, so that a short failure stays visible.
    """
    if len(values) <= most:
        return np.arange(len(values))
    starts = [i * len(values) // most for i in range(most + 1)]
    filled = np.where(np.isnan(values), np.inf, values)
    return np.array([low + int(filled[low:high].argmin()) for low, high in pairwise(starts)])


def _quality(curves: PerFrame, start: np.ndarray, end: np.ndarray) -> Chart:
    jf = 100 * np.array(curves.jf, float)
    layers = _dropped(curves, start, end)
    layers += _line('line', start, jf, 'J&F of the objects in view', {'color': charts.BLUE})
    events = np.flatnonzero(curves.switches)
    if len(events):
        data = {'x': start[events], 'frame': events, 'count': np.array(curves.switches)[events]}
        style = {'y': 103, 'marker': 'inverted_triangle', 'size': 11, 'color': charts.RED}
        tips = {'id switches': '@count', 'frame': '@frame', 'time': '@x{0.00} s'}
        layers.append(Layer('scatter', data, style, 'id switch', tips))
    return _chart('Mask quality over time', layers, 'J&F (points)', (-3, 107), len(start))


def _objects(curves: PerFrame, start: np.ndarray) -> Chart:
    truth = np.array([np.nan if n is None else n for n in curves.truth_visible], float)
    known, visible = ~np.isnan(truth), np.array(curves.visible, float)
    below = {'color': charts.ORANGE, 'line_width': 5}
    layers = _line('step', start, truth, 'true objects in view', below) if known.any() else []
    layers += _line('step', start, visible, 'instances with a mask', {'color': charts.BLUE})
    most = 1.08 * float(max(1, *visible, *truth[known]))
    return _chart('Number of objects', layers, 'objects', (0, most), len(start))


def _chart(
    title: str, layers: list[Layer], label: str, limits: tuple[float, float], frames: int
) -> Chart:
    thin = f'{frames} frames drawn as {MOST_POINTS} points: the lowest value of each stretch.'
    return Chart(title, layers, charts.SECONDS, label, y=limits, wide=True, linked=True,
                 caption=thin * (frames > MOST_POINTS))  # fmt: skip


def _line(
    glyph: str, start: np.ndarray, values: np.ndarray, label: str, style: dict[str, Any]
) -> list[Layer]:
    """Return values with gaps where they are undefined, and dots where one stands alone."""
    kept = lowest_of(values)
    x, y = start[kept], values[kept]
    tips = {label: '@y{0.[0]}', 'frame': '@frame', 'time': '@x{0.00} s'}
    line = Layer(glyph, {'x': x, 'y': y, 'frame': kept}, {'line_width': 1.8, **style}, label, tips,
                 'vline')  # fmt: skip
    known = np.isfinite(np.concatenate([[np.nan], y, [np.nan]]))
    alone = known[1:-1] & ~known[:-2] & ~known[2:]
    dots = {'x': x[alone], 'y': y[alone]}
    dot = Layer('scatter', dots, {'color': style['color'], 'size': 4}, label)
    return [line, dot] if alone.any() else [line]


def _dropped(curves: PerFrame, start: np.ndarray, end: np.ndarray) -> list[Layer]:
    """Return grey stripes where frames were dropped."""
    runs = groupby(range(len(start)), key=lambda i: curves.processed[i])
    lost = [list(run) for seen, run in runs if not seen][:_MOST_DROPPED]
    data = {'left': [start[run[0]] for run in lost], 'right': [end[run[-1]] for run in lost]}
    style = {'top': 107, 'bottom': -3, 'color': charts.GREY, 'alpha': 0.5}
    return [Layer('quad', data, style, 'frame dropped')] if lost else []
