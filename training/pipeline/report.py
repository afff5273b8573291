"""A page with the curves of every training of a pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
import json
import math
from pathlib import Path

from bokeh.embed import file_html
from bokeh.layouts import column, gridplot
from bokeh.models.plots import Plot
from bokeh.models.ui import UIElement
from bokeh.models.widgets import Div
from bokeh.plotting import figure
from bokeh.resources import INLINE

from efficientsam3_ros.core.writing.atomic import write_text
from training.runtime.metrics_log import METRICS

_WIDTH, _HEIGHT, _COLUMNS = 400, 200, 3
_NOT_DRAWN = frozenset({'step', 'seconds'})
_VALIDATED = 'val_'
Curve = Sequence[tuple[float, float]]
"""Steps and values."""


def write_report(folder: Path, title: str) -> Path:
    """Write ``report.html`` with every metric of the runs below a folder.

    Args:
        folder: Of the pipeline.
        title: Of the page.
    """
    parts: list[UIElement] = [Div(text=f'<h1>{escape(title)}</h1>')]
    for log in sorted(folder.glob(f'**/{METRICS}')):
        curves = curves_of(log)
        name = str(log.parent.relative_to(folder))
        parts.append(Div(text=f'<h2>{escape(name)}</h2>{last_values(curves)}'))
        drawn: list[Plot | None] = [
            chart(metric, curve) for metric, curve in curves.items() if len(curve) > 1
        ]
        parts.append(gridplot(drawn, ncols=_COLUMNS, toolbar_location=None))
    if len(parts) == 1:
        parts.append(Div(text='No training has logged anything yet.'))
    path = folder / 'report.html'
    # The library lies in the page, so that it is readable without a network.
    write_text(path, file_html(column(*parts), INLINE, title))
    return path


def curves_of(log: Path) -> dict[str, Curve]:
    """Return the finite values of every metric by step; those of validations first."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in log.read_text().splitlines():
        row = json.loads(line)
        for name, value in row.items():
            if name not in _NOT_DRAWN and isinstance(value, (int, float)):
                found.setdefault(name, []).append((float(row['step']), float(value)))
    order = sorted(found, key=lambda name: (not name.startswith(_VALIDATED), name))
    return {name: [p for p in found[name] if math.isfinite(p[1])] for name in order}


def last_values(curves: Mapping[str, Curve]) -> str:
    """Return a table of what the last validation found, in HTML."""
    rows = ''.join(
        f'<tr><td>{escape(name)}</td><td>{curve[-1][1]:.4g}</td><td>{curve[-1][0]:,.0f}</td></tr>'
        for name, curve in curves.items()
        if curve and name.startswith(_VALIDATED)
    )
    return f'<table><tr><th>metric</th><th>last</th><th>step</th></tr>{rows}</table>'


def chart(name: str, curve: Curve) -> Plot:
    """Return a metric over steps."""
    drawn = figure(title=name, width=_WIDTH, height=_HEIGHT, x_axis_label='step')
    steps, values = zip(*curve)
    drawn.line(steps, values, line_width=1.5)
    return drawn
