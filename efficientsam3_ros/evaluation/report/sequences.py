"""All sequences: the table, and one part each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math

from efficientsam3_ros.evaluation.report.calibration import calibration_charts, seen_objects
from efficientsam3_ros.evaluation.report.curves import time_charts
from efficientsam3_ros.evaluation.report.latency import frames_sentence, latency_charts
from efficientsam3_ros.evaluation.report.markup import Html, tag
from efficientsam3_ros.evaluation.report.page import Cell, Head, facts, table
from efficientsam3_ros.evaluation.report.pictures import data_uri
from efficientsam3_ros.evaluation.report.summary import LABEL_FREE, with_truth
from efficientsam3_ros.evaluation.results import RunResults, SequenceResult, SequenceTiming
from efficientsam3_ros.evaluation.scoring.metric_info import METRIC_INFO, UNDEFINED
from efficientsam3_ros.evaluation.scoring.metrics import Metrics

MOST_SECTIONS = 60
"""More parts than that are cut, so that a page can still be opened on a phone."""

_COLUMNS = 'cgf1', 'pmf1', 'il_mcc', 'jf', 'hota', 'assa', 'id_switches'
_BY_CONCEPT = (
    *('cgf1', 'pmf1', 'il_mcc', 'absent_accuracy', 'jf', 'hota', 'id_switches'),
    *('misses', 'false_positives'),
)
_TRUTHS = {'concepts': 'masks with concepts', 'objects': 'objects without words', 'none': 'none'}


def sequence_table(results: RunResults) -> Html:
    """Return one row a sequence, sortable, and the total."""
    names = _COLUMNS if with_truth(results) else LABEL_FREE
    heads = [
        Head('sequence', words=True), Head('source', words=True), Head('frames'),
        *_figure_heads(names), Head('p95 ms', 'latency'), Head('dropped', 'frames'),
    ]  # fmt: skip
    rows = [
        [
            Cell(tag('a', name, href=f'#{anchor(i)}'), words=True),
            Cell(item.source, words=True), Cell(str(item.frames), item.frames),
            *_figure_cells(item.metrics, names), *_time_cells(results.timing.sequences.get(name)),
        ]
        for i, (name, item) in enumerate(results.sequences.items())
    ]  # fmt: skip
    frames = sum(item.frames for item in results.sequences.values())
    foot = [
        Cell('all', words=True), Cell('', words=True), Cell(str(frames)),
        *_figure_cells(results.total, names), Cell(''), Cell(''),
    ]  # fmt: skip
    return table(heads, rows, foot, sortable=True)


def concept_table(figures: Mapping[str, Metrics]) -> Html | None:
    """Return one row a concept, sortable."""
    if not figures:
        return None
    heads = [Head('concept', words=True), *_figure_heads(_BY_CONCEPT)]
    rows = [
        [Cell(concept, words=True), *_figure_cells(item, _BY_CONCEPT)]
        for concept, item in figures.items()
    ]
    return table(heads, rows, sortable=True)


def sequence_sections(
    results: RunResults, pictures: Mapping[str, Sequence[bytes]]
) -> list[object]:
    """Return the part of every sequence; where there are many, of the worst only."""
    order = {name: i for i, name in enumerate(results.sequences)}
    chosen = sorted(order, key=lambda name: (_rank(results.sequences[name]), order[name]))
    shown = sorted(chosen[:MOST_SECTIONS], key=lambda name: order[name])
    few = len(shown) <= 3
    cut = None
    if len(shown) < len(order):
        cut = tag('p', f'Details of the {len(shown)} worst of {len(order)} sequences; '
                  'the table and results.json hold all.', class_='soft')  # fmt: skip
    parts = [
        _section(name, anchor(order[name]), results, pictures.get(name, ()), few) for name in shown
    ]
    return [cut, *parts]


def anchor(number: int) -> str:
    """Return the id of a sequence's part."""
    return f's{number}'


def _section(
    name: str, place: str, results: RunResults, pictures: Sequence[bytes], opened: bool
) -> Html:
    item, timing = results.sequences[name], results.timing.sequences.get(name)
    shown = LABEL_FREE[:2] if item.truth == 'none' else ('cgf1', 'jf')
    brief = ', '.join(
        f'{METRIC_INFO[key].label} {METRIC_INFO[key].show(getattr(item.metrics, key))}'
        for key in shown
    )
    charts = [
        time_charts(item),
        calibration_charts(item.scores, seen_objects(item.per_frame), results.config.threshold),
        latency_charts(timing) if timing else None,
    ]
    head = tag('summary', name, tag('span', brief, class_='soft'))
    return tag(
        'details', head, facts(_facts(item, timing)), _notes(item),
        tag('div', charts, class_='charts'), _concepts(item), _worst(item, pictures),
        id=place, open=opened,
    )  # fmt: skip


def _facts(item: SequenceResult, timing: SequenceTiming | None) -> list[tuple[str, object]]:
    names = [f'{name} (absent)' if name in item.absent else name for name in item.concepts]
    pairs: list[tuple[str, object]] = [
        ('source', [item.source, ', SHA-256 ', tag('code', item.digest[:12])]),
        ('ground truth', _TRUTHS.get(item.truth, item.truth)),
        ('concepts', ', '.join(names) or UNDEFINED),
    ]
    return [*pairs, *([('frames', frames_sentence(timing))] if timing else [])]


def _notes(item: SequenceResult) -> Html | None:
    if not item.notes:
        return None
    heading = tag('p', tag('b', 'Damage, repairs and what was skipped'))
    lines = tag('ul', (tag('li', note) for note in item.notes), class_='notes')
    return tag('div', heading, lines, class_='banner', role='note')


def _concepts(item: SequenceResult) -> list[object]:
    found = concept_table(item.concept_metrics) if item.truth != 'none' else None
    return [tag('h3', 'By concept'), found] if found else []


def _worst(item: SequenceResult, pictures: Sequence[bytes]) -> list[object]:
    if not item.worst_frames:
        return []
    figures = []
    for i, frame in enumerate(item.worst_frames):
        uri = data_uri(pictures[i]) if i < len(pictures) else None
        image = tag('img', src=uri, alt=f'frame {frame.frame}') if uri else None
        score = METRIC_INFO['jf'].show(frame.jf)
        text = f'frame {frame.frame}' + ('' if score == UNDEFINED else f', J&F {score}')
        figures.append(
            tag('figure', image, tag('figcaption', tag('b', text), tag('br'), frame.why))
        )
    known = item.truth != 'none'
    title = 'Worst frames' if known else 'Most restless frames'
    caption = 'Painted: the tracker\u2019s answer.' + (
        ' White outline: the truth.' if known else ''
    )
    return [tag('h3', title), tag('p', caption, class_='caption'),
            tag('div', figures, class_='frames')]  # fmt: skip


def _rank(item: SequenceResult) -> float:
    """Return what puts the worst first; without truth, unsteady comes first."""
    for name in ('jf', 'cgf1', 'temporal_iou'):
        value = float(getattr(item.metrics, name))
        if not math.isnan(value):
            return value
    return 2.0


def _figure_heads(names: Sequence[str]) -> list[Head]:
    return [Head(METRIC_INFO[name].label, METRIC_INFO[name].meaning) for name in names]


def _figure_cells(figures: Metrics, names: Sequence[str]) -> list[Cell]:
    values = [getattr(figures, name) for name in names]
    return [
        Cell(METRIC_INFO[name].show(value), math.nan if value is None else float(value))
        for name, value in zip(names, values)
    ]


def _time_cells(timing: SequenceTiming | None) -> list[Cell]:
    if timing is None:
        return [Cell(UNDEFINED, math.nan), Cell(UNDEFINED, math.nan)]
    dropped = sum(timing.dropped.values())
    return [Cell(METRIC_INFO['p95_ms'].show(timing.p95_ms), timing.p95_ms),
            Cell(str(dropped), dropped)]  # fmt: skip
