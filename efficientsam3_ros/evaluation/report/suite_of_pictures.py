"""The report of a suite of single pictures: classes, and the pictures that went worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from efficientsam3_ros.evaluation.class_result import ClassResult
from efficientsam3_ros.evaluation.report.calibration import (
    calibration_charts,
    seen_objects,
    sum_scores,
)
from efficientsam3_ros.evaluation.report.charts import BLUE, Chart
from efficientsam3_ros.evaluation.report.page import data_uri, render
from efficientsam3_ros.evaluation.report.rows import Span, span_chart
from efficientsam3_ros.evaluation.report.summary import command, interval_chart, tiles
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run.class_tables import COLUMNS, COUNTS, between, class_rows
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO
from efficientsam3_ros.evaluation.sequence_result import SequenceResult

MOST_PICTURES = 36
"""Of the pictures that went worst; more make a page that nobody looks through."""
_CLASS_CHARTS = 'recall_50', 'precision_50'


@dataclass(frozen=True)
class BadPicture:
    """A picture that went wrong.

    Attributes:
        name: Of the picture.
        found: Objects that were found.
        missed: Objects that were not.
        false: Answers on no object.
        why: The same in words.
        uri: The picture with answers and truth; None if it could not be painted.
    """

    name: str
    found: int
    missed: int
    false: int
    why: str
    uri: str | None


def suite_page(results: RunResults, pictures: Mapping[str, Sequence[bytes]]) -> str:
    """Return one HTML page that needs nothing else.

    Args:
        results: With classes.
        pictures: Name to the painted picture, if it went wrong.
    """
    bad = worst_pictures(results)
    return render(
        'pictures.html.jinja',
        title=f'{results.config.bundle} on {results.config.suite}',
        results=results,
        known=len(results.sequences),
        # Null and NaN leave a setting to the bundle.
        settings={k: v for k, v in results.config.tracker.items() if v is not None and v == v},
        command=command(results.config),
        tiles=list(tiles(results)),
        intervals=interval_chart(results),
        classes=[chart for name in _CLASS_CHARTS for chart in _class_chart(results, name)],
        rows=list(class_rows(results)),
        counts=COUNTS,
        columns=COLUMNS,
        between=between,
        calibration=_calibration(results),
        bad=[_painted(name, item, pictures.get(name, ())) for name, item in bad[:MOST_PICTURES]],
        bad_count=len(bad),
    )


def worst_pictures(results: RunResults) -> list[tuple[str, SequenceResult]]:
    """Return the pictures in which something went wrong, the worst first.

    The worst has the smallest share of objects and answers that match; of equal ones, that with
    more errors.
    """

    def rank(entry: tuple[str, SequenceResult]) -> tuple[float, int, str]:
        metrics = entry[1].metrics
        wrong = metrics.misses + metrics.false_positives
        return metrics.matches / (metrics.matches + wrong), -wrong, entry[0]

    bad = [entry for entry in results.sequences.items() if entry[1].worst_frames]
    return sorted(bad, key=rank)


def _painted(name: str, item: SequenceResult, files: Sequence[bytes]) -> BadPicture:
    metrics = item.metrics
    uri = data_uri(files[0]) if files else None
    why = item.worst_frames[0].why
    return BadPicture(name, metrics.matches, metrics.misses, metrics.false_positives, why, uri)


def _class_chart(results: RunResults, name: str) -> list[Chart]:
    kind = METRIC_INFO[name]
    spans = [
        _span(word, item, name)
        for word, item in results.classes.items()
        if item.metrics.value(name) == item.metrics.value(name)
    ]
    if not spans:
        return []
    caption = f'{kind.meaning}; 95 % intervals over pictures.'
    return [span_chart(f'{kind.label} by class', spans, 'points', (0.0, 100.0), {'': BLUE},
                       caption)]  # fmt: skip


def _span(word: str, item: ClassResult, name: str) -> Span:
    value = item.metrics.value(name)
    low, high = item.intervals_95.get(name, (value, value))
    interval = (100 * low, 100 * high) if low == low else None
    tip = f'{METRIC_INFO[name].show(value)}, {item.objects} objects, {item.answers} answers'
    return Span(word, 100 * value, interval, tip)


def _calibration(results: RunResults) -> list[Chart]:
    items = list(results.sequences.values())
    scores = sum_scores([item.scores for item in items])
    if not scores.true:
        return []
    objects = sum(seen_objects(item.per_frame) for item in items)
    return calibration_charts(scores, objects, results.config.threshold)
