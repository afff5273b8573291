"""A page with the curves of every training of a pipeline: drawn as SVG, without a library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
import json
import math
from pathlib import Path

from efficientsam3_ros.core.writing.atomic import write_text
from training.runtime.metrics_log import METRICS

_WIDTH, _HEIGHT, _EDGE = 420, 160, 34
_NOT_DRAWN = frozenset({'step', 'seconds'})
Curve = Sequence[tuple[float, float]]

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px sans-serif;margin:2em;max-width:90em}}svg{{margin:4px}}
figure{{display:inline-block;margin:0}}table{{border-collapse:collapse}}
td,th{{padding:2px 12px;text-align:left;border-bottom:1px solid #ccc}}</style>
<h1>{title}</h1>{body}</html>
"""


def write_report(folder: Path, title: str) -> Path:
    """Write ``report.html`` with every metric of the runs below a folder.

    Args:
        folder: Of the pipeline.
        title: Of the page.
    """
    parts = []
    for log in sorted(folder.glob(f'**/{METRICS}')):
        curves = curves_of(log)
        name = log.parent.relative_to(folder)
        parts.append(f'<h2>{escape(str(name))}</h2>{_last(curves)}')
        parts += [chart(metric, curve) for metric, curve in curves.items() if len(curve) > 1]
    body = ''.join(parts) or '<p>No training has logged anything yet.</p>'
    path = folder / 'report.html'
    write_text(path, _PAGE.format(title=escape(title), body=body))
    return path


def curves_of(log: Path) -> dict[str, Curve]:
    """Return the values of every metric by step; those of validations first."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in log.read_text().splitlines():
        row = json.loads(line)
        for name, value in row.items():
            if name not in _NOT_DRAWN and isinstance(value, (int, float)):
                found.setdefault(name, []).append((float(row['step']), float(value)))
    order = sorted(found, key=lambda name: (not name.startswith('val_'), name))
    return {name: [p for p in found[name] if math.isfinite(p[1])] for name in order}


def _last(curves: Mapping[str, Curve]) -> str:
    rows = ''.join(
        f'<tr><td>{escape(name)}</td><td>{curve[-1][1]:.4g}</td><td>{curve[-1][0]:,.0f}</td></tr>'
        for name, curve in curves.items()
        if curve and name.startswith('val_')
    )
    return f'<table><tr><th>metric</th><th>last</th><th>step</th></tr>{rows}</table>'


def chart(name: str, curve: Curve) -> str:
    """Return a metric over steps as an SVG figure."""
    steps, values = zip(*curve)
    low, high = min(values), max(values)
    places = ' '.join(f'{x:.1f},{y:.1f}' for x, y in _placed(curve, low, high))
    label = f'<text x="{_EDGE}" y="14" font-size="13">{escape(name)}</text>'
    ends = ''.join(
        f'<text x="2" y="{y}" font-size="10">{value:.3g}</text>'
        for y, value in ((_EDGE, high), (_HEIGHT - _EDGE / 2, low))
    )
    span = f'<text x="{_EDGE}" y="{_HEIGHT - 3}" font-size="10">step {steps[0]:,.0f} to '
    span += f'{steps[-1]:,.0f}</text>'
    line = f'<polyline fill="none" stroke="#0072b2" stroke-width="1.5" points="{places}"/>'
    size = f'width="{_WIDTH}" height="{_HEIGHT}"'
    return f'<figure><svg {size} role="img">{label}{ends}{span}{line}</svg></figure>'


def _placed(curve: Curve, low: float, high: float) -> Iterator[tuple[float, float]]:
    """Yield places in pixels; y points down."""
    first, last = curve[0][0], curve[-1][0]
    for step, value in curve:
        along = (step - first) / ((last - first) or 1)
        up = (value - low) / ((high - low) or 1)
        yield _EDGE + along * (_WIDTH - 2 * _EDGE), _HEIGHT - 20 - up * (_HEIGHT - 2 * _EDGE)
