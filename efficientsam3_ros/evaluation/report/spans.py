"""Points with intervals, one a row (a forest plot)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efficientsam3_ros.evaluation.report.axes import Axis, Plot
from efficientsam3_ros.evaluation.report.markup import Html, join, tag

_ROW = 24.0
_LONGEST = 24


@dataclass(frozen=True)
class Span:
    """A value and where it may lie.

    Attributes:
        name: Stands on the left.
        value: The point.
        interval: Low and high end, if known.
        kind: CSS class that gives the colour.
        tip: Tooltip.
    """

    name: str
    value: float
    interval: tuple[float, float] | None
    kind: str
    tip: str


def span_chart(title: str, spans: Sequence[Span], label: str, limits: tuple[float, float],
               ) -> Html:  # fmt: skip
    """Return rows of points with whiskers.

    Args:
        title: Read out to the blind.
        spans: The rows from above.
        label: What the abscissa is, with its unit.
        limits: Low and high end of the abscissa at least.
    """
    plot = Plot(
        Axis.over(*limits, label, 6),
        Axis(0, max(1, len(spans)), '', ()),
        width=980.0,
        height=_ROW * max(1, len(spans)) + 54.0,
        left=180.0,
        top=8.0,
    )
    grid = [
        tag('line', x1=x, x2=x, y1=plot.top, y2=plot.bottom, class_='grid')
        for x in map(plot.px, plot.x.ticks)
    ]
    zero = plot.px(0.0)
    axis = tag('line', x1=zero, x2=zero, y1=plot.top, y2=plot.bottom, class_='axis')
    rows = [_row(plot, span, plot.top + _ROW * (i + 0.5)) for i, span in enumerate(spans)]
    return plot.draw(title, grid, axis if limits[0] <= 0 <= limits[1] else None, rows)


def _row(plot: Plot, span: Span, y: float) -> Html:
    cut = span.name if len(span.name) <= _LONGEST else f'{span.name[: _LONGEST - 1]}…'
    tip = tag('title', f'{span.name}: {span.tip}')
    name = tag('text', tip, cut, x=plot.left - 10, y=y + 4, text_anchor='end', class_='name')
    whisker = None
    if span.interval is not None:
        low, high = map(plot.px, span.interval)
        whisker = tag('path', tag('title', f'{span.name}: {span.tip}'), class_=f'line {span.kind}',
                      d=f'M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 4:.1f}v8'
                        f'M{high:.1f} {y - 4:.1f}v8')  # fmt: skip
    dot = tag('circle', tip, cx=plot.px(span.value), cy=y, r=4.5, class_=f'dot {span.kind}')
    return join([name, whisker, dot])
