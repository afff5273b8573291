"""The page of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math

from efficientsam3_ros.evaluation.compare.comparison import Comparison
from efficientsam3_ros.evaluation.compare.difference import (
    Difference,
    Differences,
    by_verdict,
    has_accuracy,
    main_metric,
    row_metrics,
    verdict,
)
from efficientsam3_ros.evaluation.report.charts import BLUE, GREY, RED, Chart
from efficientsam3_ros.evaluation.report.page import render
from efficientsam3_ros.evaluation.report.rows import Span, span_chart
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, POINTS

_MOST = 40
_WORSE, _BETTER, _UNCLEAR = 'B is worse', 'B is better', 'the interval holds 0, or no change'
_COLORS = {_WORSE: RED, _BETTER: BLUE, _UNCLEAR: GREY}
_KINDS = {'worse': _WORSE, 'undefined in B': _WORSE, 'better': _BETTER}
_CAPTION = (
    'Difference B \u2212 A with its 95 % interval: both runs are scored on the same random '
    'choices of sequences. Lower is better for flicker and id churn.'
)


def comparison_page(comparison: Comparison) -> str:
    """Return one HTML page that needs nothing else."""
    groups = {'sequence': comparison.sequences, 'concept': comparison.concepts}
    return render(
        'comparison.html.jinja',
        title='Comparison of two evaluations',
        comparison=comparison,
        accuracy=has_accuracy(comparison.total),
        scores=_scores(comparison.total),
        total=by_verdict(comparison.total),
        verdict=verdict,
        groups=[
            (label, rows, row_metrics(rows), _by_row(label, rows))
            for label, rows in groups.items() if rows
        ],
    )  # fmt: skip


def _scores(total: Differences) -> list[Chart]:
    spans = [
        _span(METRIC_INFO[name].label, name, item)
        for name, item, _ in by_verdict(total)
        if METRIC_INFO[name].unit == POINTS and not math.isnan(item.change.value)
    ]
    return [_chart('Changes of the scores', spans, _CAPTION)] if spans else []


def _by_row(label: str, rows: Mapping[str, Differences]) -> list[Chart]:
    """Return B minus A of each row's main metric, where there are several."""
    known = [(key, row, main_metric(row)) for key, row in rows.items()]
    spans = [
        _span(key, name, row[name])
        for key, row, name in known[:_MOST]
        if name is not None and not math.isnan(row[name].change.value)
    ]
    if len(spans) < 2:
        return []
    used = ' or '.join(dict.fromkeys(METRIC_INFO[name].label for *_, name in known if name))
    cut = f' The {_MOST} that lost most of {len(rows)}.' if len(rows) > _MOST else ''
    return [_chart(f'By {label}', spans, f'Difference of {used}.{cut}')]


def _chart(title: str, spans: Sequence[Span], caption: str) -> Chart:
    ends = [end for span in spans for end in (span.interval or (span.value,))]
    limits = min([*ends, -1.0]), max([*ends, 1.0])
    return span_chart(title, spans, 'B \u2212 A (points)', limits, _COLORS, caption)


def _span(label: str, name: str, item: Difference) -> Span:
    info, change = METRIC_INFO[name], item.change
    interval = None if math.isnan(change.low) else (100 * change.low, 100 * change.high)
    said = verdict(name, item)
    # One sequence has no interval; its change is shown as what it is.
    said = said if interval else said.removeprefix('perhaps ')
    tip = f'{info.show(item.first)} → {info.show(item.second)}, {said}'
    return Span(label, 100 * change.value, interval, tip, _KINDS.get(said, _UNCLEAR))
