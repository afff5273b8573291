"""Line charts with gaps where there is no value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
import math

from efficientsam3_ros.evaluation.report.axes import Plot
from efficientsam3_ros.evaluation.report.markup import Html, join, tag

MOST_POINTS = 1000
"""More points than that are not visible and only make the page heavy."""

_TIPS = 250

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One series.

    Attributes:
        name: For the tooltip.
        kind: CSS class that gives the colour, e.g. 'c0'.
        x: Abscissae, ascending.
        y: Ordinates; None is a gap.
        steps: Hold a value until the next one instead of joining them straight.
        unit: Follows values in tooltips.
    """

    name: str
    kind: str
    x: Sequence[float]
    y: Sequence[float | None]
    steps: bool = False
    unit: str = ''


def thin_lowest(
    x: Sequence[float], y: Sequence[float | None], most: int = MOST_POINTS
) -> tuple[list[float], list[float | None]]:
    """Return at most ``most`` points, of each stretch the lowest.

    The lowest and not the mean, so that a short failure stays visible.
    """
    if len(x) <= most:
        return list(x), list(y)
    starts = [i * len(x) // most for i in range(most + 1)]
    kept = [
        min(range(low, high), key=lambda i: (_or_infinite(y[i]), i))
        for low, high in pairwise(starts)
    ]
    return [x[i] for i in kept], [y[i] for i in kept]


def draw_line(plot: Plot, line: Line) -> Html:
    """Return the strokes of a line, dots where a value stands alone, and tooltips."""
    strokes: list[Html] = []
    for run in _runs(line):
        points = [(plot.px(x), plot.py(y)) for x, y in run]
        if len(points) == 1:
            strokes.append(tag('circle', cx=points[0][0], cy=points[0][1], r=2.2,
                               class_=f'dot {line.kind}'))  # fmt: skip
        else:
            strokes.append(tag('path', d=_path(points, line.steps), class_=f'line {line.kind}'))
    return join([strokes, _tips(plot, line)])


def _runs(line: Line) -> Iterator[list[Point]]:
    run: list[Point] = []
    for x, y in zip(line.x, line.y):
        if y is not None:
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(points: Sequence[Point], steps: bool) -> str:
    words = [f'M{points[0][0]:.1f} {points[0][1]:.1f}']
    for x, y in points[1:]:
        words.append(f'H{x:.1f}V{y:.1f}' if steps else f'L{x:.1f} {y:.1f}')
    return ''.join(words)


def _tips(plot: Plot, line: Line) -> Html:
    """Return invisible dots that tell their values; so many that each can be hit."""
    known = [(x, y) for x, y in zip(line.x, line.y) if y is not None]
    every = max(1, math.ceil(len(known) / _TIPS))
    return join(
        tag('circle', tag('title', f'{line.name}: {y:.4g}{line.unit} at {x:.4g}'),
            cx=plot.px(x), cy=plot.py(y), r=4, class_='tip')
        for x, y in known[::every]
    )  # fmt: skip


def _or_infinite(value: float | None) -> float:
    return math.inf if value is None else value
