"""The page of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
from pathlib import Path

from efficientsam3_ros.evaluation.compare.comparison import (
    ROW_METRICS,
    Comparison,
    Difference,
    Differences,
    by_verdict,
    has_accuracy,
    main_metric,
    verdict,
)
from efficientsam3_ros.evaluation.report.axes import figure, legend
from efficientsam3_ros.evaluation.report.markup import Html, counted, tag
from efficientsam3_ros.evaluation.report.page import Cell, Head, document, save, table
from efficientsam3_ros.evaluation.report.spans import Span, span_chart
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, POINTS, UNDEFINED

_MOST = 40
_KINDS = {'worse': 'bad', 'undefined in B': 'bad', 'better': 'c0'}
_LEGEND = (
    ('bad', 'B is worse'),
    ('c0', 'B is better'),
    ('none', 'the interval holds 0, or no change'),
)


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write one HTML file that needs nothing else.

    Args:
        comparison: What to show.
        path: New file; replaced where it exists.
    """
    save(comparison_page(comparison), path)


def comparison_page(comparison: Comparison) -> Html:
    """Return the page that ``write_comparison`` writes."""
    count = len(comparison.sequences)
    concepts = comparison.concepts
    return document(
        'Comparison of two evaluations',
        tag('h1', 'What changed'),
        tag('p', 'A ', tag('code', comparison.first), ' → B ', tag('code', comparison.second),
            f', over {counted(count, "common sequence")}', class_='soft'),
        _warnings(comparison),
        tag('p', tag('b', 'Run differently')),
        _list(comparison.changes or ('nothing that the results tell of',)),
        _scores(comparison.total),
        tag('h2', 'All figures'), _figures(comparison.total),
        tag('h2', 'Sequences, regressions first'), _rows('sequence', comparison.sequences),
        [tag('h2', 'Concepts, regressions first'), _rows('concept', concepts)]
        if concepts else None,
    )  # fmt: skip


def _warnings(comparison: Comparison) -> list[Html]:
    boxes: list[tuple[str, Html | None]] = []
    if not has_accuracy(comparison.total):
        boxes.append(('There is no ground truth: none of these figures is accuracy.', None))
    if comparison.left_out:
        lines = _list([f'{name}: {why}' for name, why in comparison.left_out.items()])
        left_out = counted(len(comparison.left_out), 'sequence')
        boxes.append((f'Not compared: {left_out}.', lines))
    return [
        tag('div', tag('p', tag('b', strong)), more, class_='banner', role='note')
        for strong, more in boxes
    ]


def _scores(total: Differences) -> Html:
    spans = [
        _span(METRIC_INFO[name].label, name, item)
        for name, item, _ in by_verdict(total)
        if METRIC_INFO[name].unit == POINTS and not math.isnan(item.change.value)
    ]
    caption = (
        'Difference B \u2212 A with its 95 % interval: both runs are scored on the same random '
        'choices of sequences. Lower is better for flicker and id churn.'
    )
    return _chart('How the scores changed', spans, caption)


def _chart(title: str, spans: Sequence[Span], caption: str) -> Html:
    ends = [end for span in spans for end in (span.interval or (span.value,))]
    limits = min([*ends, -1.0]), max([*ends, 1.0])
    chart = span_chart(title, spans, 'B \u2212 A (points)', limits)
    used = {span.kind for span in spans}
    names = legend([entry for entry in _LEGEND if entry[0] in used])
    return tag('div', figure(title, chart, caption, names), class_='wide')


def _span(label: str, name: str, item: Difference) -> Span:
    kind, change = METRIC_INFO[name], item.change
    interval = None if math.isnan(change.low) else (100 * change.low, 100 * change.high)
    said = verdict(name, item)
    # One sequence has no interval; its change is shown as what it is.
    said = said if interval else said.removeprefix('perhaps ')
    color = _KINDS.get(said, 'none')
    tip = f'{kind.show(item.first)} → {kind.show(item.second)}, {said}'
    return Span(label, 100 * change.value, interval, color, tip)


def _figures(total: Differences) -> Html:
    heads = [Head('figure', words=True), Head('A'), Head('B'), Head('B \u2212 A'),
             Head('95 % interval'), Head('verdict', words=True)]  # fmt: skip
    rows = []
    for name, item, said in by_verdict(total):
        kind, change = METRIC_INFO[name], item.change
        interval = UNDEFINED
        if not math.isnan(change.low):
            interval = f'{kind.show(change.low, True)} to {kind.show(change.high, True)}'
        unit = f' ({kind.unit})' if kind.unit == 'ms' else ''
        color = {'worse': 'bad', 'better': 'good'}.get(said, '')
        rows.append([
            Cell(tag('span', kind.label + unit, title=kind.meaning), words=True),
            Cell(kind.show(item.first), item.first), Cell(kind.show(item.second), item.second),
            Cell(kind.show(change.value, True), change.value, kind=color),
            Cell(interval, change.low), Cell(said, words=True, kind=color),
        ])  # fmt: skip
    return table(heads, rows, sortable=True)


def _rows(label: str, rows: Mapping[str, Differences]) -> Html:
    """Return B minus A of each row, as chart and as table."""
    names = [name for name in ROW_METRICS if any(name in row for row in rows.values())]
    heads = [Head(label, words=True)]
    heads += [
        Head(f'{METRIC_INFO[name].label} B \u2212 A', METRIC_INFO[name].meaning) for name in names
    ]
    cells = [
        [Cell(key, words=True), *(_change(name, row.get(name)) for name in names)]
        for key, row in rows.items()
    ]
    return tag('div', _row_chart(label, rows), table(heads, cells, sortable=True), class_='stack')


def _row_chart(label: str, rows: Mapping[str, Differences]) -> Html | None:
    known = [(key, row, main_metric(row)) for key, row in rows.items()]
    spans = [
        _span(key, name, row[name])
        for key, row, name in known[:_MOST]
        if name is not None and not math.isnan(row[name].change.value)
    ]
    if len(spans) < 2:
        return None
    used = ' or '.join(dict.fromkeys(METRIC_INFO[name].label for *_, name in known if name))
    cut = f' The {_MOST} that lost most of {len(rows)}.' if len(rows) > _MOST else ''
    text = f'Difference of {used}.{cut}'
    return _chart(f'By {label}', spans, text)


def _change(name: str, item: Difference | None) -> Cell:
    if item is None:
        return Cell(UNDEFINED, math.nan)
    said = verdict(name, item).removeprefix('perhaps ')
    shown = METRIC_INFO[name].show(item.change.value, True)
    return Cell(shown, item.change.value, kind={'worse': 'bad', 'better': 'good'}.get(said, ''))


def _list(lines: Sequence[str]) -> Html:
    return tag('ul', (tag('li', line) for line in lines), class_='notes')
