"""Results by class, for a suite of single pictures, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math

from efficientsam3_ros.evaluation.class_result import CLASS_SCORES, ClassResult
from efficientsam3_ros.evaluation.metrics.average_precision import AveragePrecision
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, UNDEFINED

COLUMNS = (
    'recall_50', 'precision_50', 'recall_75', 'precision_75', 'cgf1', 'pmf1', 'il_mcc',
    'absent_accuracy', 'ap', 'ap_50', 'ap_75',
)  # fmt: skip
WITH_INTERVAL = 'recall_50', 'precision_50', 'recall_75', 'precision_75', 'cgf1', 'pmf1', 'ap_50'
COUNTS = 'asked', 'shown', 'objects', 'answers'
MEAN, ALL = 'mean of classes', 'all by name'
NO_MEAN = (
    '"mean of classes" is the mean of the classes in which a figure is defined, "all by name" '
    "comes from the sums over them (its AP is COCO's, the mean)."
)


@dataclass(frozen=True)
class ClassRow:
    """One row of the table.

    Attributes:
        name: Class, ``MEAN`` or ``ALL``.
        counts: As in ``COUNTS``; None for a mean.
        scores: Figure to its value, 0..1.
        intervals_95: Figure to its interval.
    """

    name: str
    counts: tuple[int, ...] | None
    scores: Mapping[str, float]
    intervals_95: Mapping[str, tuple[float, float]]


def class_rows(results: RunResults) -> Iterator[ClassRow]:
    """Yield the classes by name, their mean, their sums, and objects of any class."""
    named = {name: item for name, item in results.classes.items() if not item.any_object}
    anything = {name: item for name, item in results.classes.items() if item.any_object}
    yield from (_row(name, item) for name, item in named.items())
    means, total = results.class_means, results.total
    yield ClassRow(MEAN, None, means.scores, means.intervals_95)
    sums = [_counts(item) for item in named.values()]
    scores = {name: total.value(name) for name in CLASS_SCORES}
    yield ClassRow(ALL, tuple(map(sum, zip(*sums))), scores, results.intervals_95)
    yield from (_row(name, item) for name, item in anything.items())


def class_tables(results: RunResults) -> list[str]:
    """Return the lines of the tables: figures, intervals, the anchor."""
    rows = list(class_rows(results))
    kinds = [METRIC_INFO[name] for name in COLUMNS]
    figures = [
        [row.name, *map(str, row.counts or [''] * len(COUNTS)),
         *(kind.show(row.scores.get(kind.name)) for kind in kinds)]
        for row in rows
    ]  # fmt: skip
    head = ['class', *COUNTS, *(kind.label for kind in kinds)]
    spans = [METRIC_INFO[name] for name in WITH_INTERVAL]
    intervals = [
        [row.name, *(between(kind.name, row.intervals_95) for kind in spans)] for row in rows
    ]
    return [
        text_table([head, *figures], 1), '', f'{NO_MEAN} {_defined(results)}'.rstrip(), '',
        '95 % intervals over pictures:', '',
        text_table([['class', *(kind.label for kind in spans)], *intervals], 1), '',
        *_anchor(results),
    ]  # fmt: skip


def _defined(results: RunResults) -> str:
    known = results.class_means.classes.get('precision_50', 0)
    named = sum(not item.any_object for item in results.classes.values())
    if known == named:
        return ''
    return f'Precision is defined in {known} of {named} classes; the others got no answer.'


def between(name: str, intervals: Mapping[str, tuple[float, float]]) -> str:
    """Return an interval as text; a dash where there is none."""
    low, high = intervals.get(name, (math.nan, math.nan))
    kind = METRIC_INFO[name]
    return UNDEFINED if math.isnan(low) else f'{kind.show(low)} to {kind.show(high)}'


def _row(name: str, item: ClassResult) -> ClassRow:
    scores = {score: item.metrics.value(score) for score in CLASS_SCORES}
    return ClassRow(name, _counts(item), scores, item.intervals_95)


def _counts(item: ClassResult) -> tuple[int, ...]:
    return item.asked, item.present, item.objects, item.answers


def _anchor(results: RunResults) -> list[str]:
    anchor = results.anchor
    if not anchor.model:
        return []
    if not anchor.classes:
        return [f'The anchor {anchor.model} knows none of these classes.', '']

    def cells(name: str, boxes: AveragePrecision, masks: float) -> list[str]:
        shown = METRIC_INFO['ap_50'].show
        return [name, shown(boxes.ap_50), shown(boxes.ap), shown(masks)]

    rows = [
        cells(name, boxes, results.classes[name].metrics.ap_50)
        for name, boxes in anchor.classes.items()
    ]
    rows.append(cells(MEAN, anchor.mean, anchor.same_classes.ap_50))
    head = ['class', 'its box AP50', 'its box AP', "the bundle's mask AP50"]
    return [
        f'Anchor: boxes of {anchor.model} ({anchor.digest[:12]}) on the same pictures and '
        'classes, with all its scores:', '', text_table([head, *rows], 1), '',
    ]  # fmt: skip
