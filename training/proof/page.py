"""A page with the table of a proof and its figures as points with their intervals."""

from __future__ import annotations

from html import escape
import math
from pathlib import Path

from bokeh.embed import file_html
from bokeh.layouts import column, gridplot
from bokeh.models.plots import Plot
from bokeh.models.ranges import FactorRange
from bokeh.models.ui import UIElement
from bokeh.models.widgets import Div
from bokeh.plotting import figure
from bokeh.resources import INLINE

from efficientsam3_ros.core.writing.atomic import write_text
from training.proof.figures import METRICS, Figure
from training.proof.table import Table, shown

PAGE = 'table.html'
_WIDTH, _ROW, _FRAME, _COLUMNS = 620, 26, 90, 2


def write_page(table: Table, out: Path, name: str) -> Path:
    """Write the page, which needs no network."""
    parts: list[UIElement] = [Div(text=f'<h1>{escape(name)}</h1>{_verdicts(table)}')]
    drawn: list[Plot | None] = []
    for metric, about in METRICS.items():
        found = {row: own[metric] for row, own in table.figures.items()}
        known = {row: value for row, value in found.items() if value is not None}
        if known:
            drawn.append(chart(about.title, known))
    parts.append(gridplot(drawn, ncols=_COLUMNS, toolbar_location=None))
    path = out / PAGE
    write_text(path, file_html(column(*parts), INLINE, name))
    return path


def chart(title: str, figures: dict[str, Figure]) -> Plot:
    """Return one metric of all rows, the first row on top."""
    rows = list(figures)[::-1]
    values = [figures[row] for row in rows]
    height = _FRAME + _ROW * len(rows)
    drawn = figure(title=title, width=_WIDTH, height=height, y_range=FactorRange(factors=rows))
    lows, highs = (
        [_or(v.value, edge) for v, edge in zip(values, edges)] for edges in _edges(values)
    )
    drawn.segment(lows, rows, highs, rows, line_width=2)
    drawn.scatter([value.value for value in values], rows, size=8)
    return drawn


def _edges(values: list[Figure]) -> tuple[list[float], list[float]]:
    return [value.low for value in values], [value.high for value in values]


def _or(value: float, edge: float) -> float:
    return value if math.isnan(edge) else edge


def _verdicts(table: Table) -> str:
    rows = ''.join(
        f'<tr><td>{escape(each.expected)}</td><td>{escape(each.found)}</td>'
        f'<td>{shown(each.margin)}</td><td>{_word(each.met)}</td></tr>'
        for each in table.verdicts
    )
    return (
        f'<table><tr><th>expected</th><th>found</th><th>margin</th><th>met</th></tr>{rows}</table>'
    )


def _word(met: bool | None) -> str:
    return {True: 'yes', False: '<b>no</b>', None: 'not yet'}[met]
