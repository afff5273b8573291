"""Histograms with stacked parts and marked values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efficientsam3_ros.evaluation.report.axes import Axis, Plot, number
from efficientsam3_ros.evaluation.report.markup import Html, join, tag


@dataclass(frozen=True)
class Part:
    """One layer of a stacked histogram.

    Attributes:
        name: For tooltip and legend.
        kind: CSS class that gives the colour.
        counts: One count a bin.
    """

    name: str
    kind: str
    counts: Sequence[int]


@dataclass(frozen=True)
class Mark:
    """A value marked by a vertical line, e.g. a percentile."""

    name: str
    value: float


def histogram(
    title: str, edges: Sequence[float], parts: Sequence[Part], label: str, counted: str,
    marks: Sequence[Mark] = (), unit: str = '',
) -> Html:  # fmt: skip
    """Return a histogram.

    Args:
        title: Read out to the blind.
        edges: Limits of the bins, one more than bins.
        parts: Layers from below to above.
        label: What the abscissa is, with its unit.
        counted: What the ordinate counts.
        marks: Values marked above the bars.
        unit: Follows values in tooltips.
    """
    tallest = max(map(sum, zip(*(part.counts for part in parts))), default=0)
    plot = Plot(
        Axis.over(edges[0], edges[-1], label, 6, rounded=False),
        Axis.over(0, max(tallest, 1), counted, 4, smallest=1.0),
        top=16.0 + 13.0 * len(marks),
    )
    bars = [
        _stack(plot, edges[i], edges[i + 1], [(part, part.counts[i]) for part in parts], unit)
        for i in range(len(edges) - 1)
    ]
    return plot.draw(title, bars, [_mark(plot, mark, row) for row, mark in enumerate(marks)])


def _stack(
    plot: Plot, low: float, high: float, layers: Sequence[tuple[Part, int]], unit: str
) -> Html:
    left, right = plot.px(low) + 0.7, plot.px(high) - 0.7
    below, bars = 0, []
    shares = ', '.join(f'{part.name} {number(count)}' for part, count in layers)
    tip = f'{low:.3g} to {high:.3g}{unit}: {shares}'
    for part, count in layers:
        if count:
            top = plot.py(below + count)
            bars.append(tag('rect', tag('title', tip), x=left, y=top, width=max(0.5, right - left),
                            height=plot.py(below) - top, class_=f'fill {part.kind}'))  # fmt: skip
        below += count
    return join(bars)


def _mark(plot: Plot, mark: Mark, row: int) -> Html:
    """Return line and name; names are on rows of their own so that near ones do not collide."""
    x, y = plot.px(mark.value), 12.0 + 13.0 * row
    after = x + 7 * len(mark.name) < plot.right
    return join([
        tag('line', x1=x, x2=x, y1=y + 3, y2=plot.bottom, class_='mark'),
        tag('text', mark.name, x=x + (4 if after else -4), y=y + 1,
            text_anchor='start' if after else 'end', class_='number halo'),
    ])  # fmt: skip
