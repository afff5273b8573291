"""Charts with one named row for each value: intervals and bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.evaluation.report.charts import GREY, INK, Chart, Layer


@dataclass(frozen=True)
class Span:
    """A value and where it may lie.

    Attributes:
        name: Stands on the left.
        value: The point.
        interval: Low and high end, if known.
        tip: Shown under the pointer.
        kind: Legend entry that it belongs to.
    """

    name: str
    value: float
    interval: tuple[float, float] | None
    tip: str
    kind: str = ''


def span_chart(
    title: str, spans: Sequence[Span], label: str, limits: tuple[float, float],
    colors: Mapping[str, str], caption: str,
) -> Chart:  # fmt: skip
    """Return a forest plot: points with their intervals.

    Args:
        title: Above the chart.
        spans: The rows from above.
        label: What the abscissa is, with its unit.
        limits: Ends of the abscissa; 0 is marked.
        colors: Kind to colour; a kind with a name stands in the legend.
        caption: Below the chart.
    """
    layers = [Layer('vspan', {'x': [0]}, {'line_color': GREY})]
    for kind, color in colors.items():
        chosen = [(y, span) for y, span in enumerate(spans) if span.kind == kind]
        if not chosen:
            continue
        rows = [y for y, _ in chosen]
        low, high = zip(*(span.interval or (span.value, span.value) for _, span in chosen))
        dots = {'x': [span.value for _, span in chosen], 'y': rows,
                'name': [span.name for _, span in chosen],
                'tip': [span.tip for _, span in chosen]}  # fmt: skip
        layers += [
            Layer('segment', {'x0': low, 'x1': high, 'y0': rows, 'y1': rows},
                  {'color': color, 'line_width': 2.5}, kind),
            Layer('scatter', dots, {'color': color, 'size': 10}, kind, {'': '@name: @tip'}),
        ]  # fmt: skip
    margin = 0.02 * (limits[1] - limits[0])
    return Chart(title, layers, label, x=(limits[0] - margin, limits[1] + margin), wide=True,
                 rows=[span.name for span in spans], caption=caption)  # fmt: skip


def bar_chart(
    title: str, bars: Mapping[str, float], label: str, colors: Sequence[str], caption: str = ''
) -> Chart:
    """Return one horizontal bar for each name, with its value at the end."""
    values, rows = list(bars.values()), range(len(bars))
    texts = [str(value) if isinstance(value, int) else f'{value:.1f}' for value in values]
    drawn = {'y': rows, 'right': values, 'color': colors, 'name': list(bars), 'said': texts}
    style = {'x_offset': 5, 'text_baseline': 'middle', 'text_font_size': '12px', 'text_color': INK}
    layers = [
        Layer('hbar', drawn, {'left': 0, 'height': 0.7}, tips={'': '@name: @said'}),
        Layer('text', {'x': values, 'y': rows, 'text': texts}, style),
    ]
    most = max(values) * 1.15 or 1.0
    return Chart(title, layers, label, x=(0, most), rows=list(bars), caption=caption)
