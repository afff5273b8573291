"""The results of a run as Markdown that is also a table on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.run.class_tables import class_tables
from efficientsam3_ros.evaluation.run.text_table import text_table
from efficientsam3_ros.evaluation.scoring.metric_info import LABEL_FREE, METRIC_INFO, counted
from efficientsam3_ros.evaluation.scoring.metrics import Metrics
from efficientsam3_ros.evaluation.sequence_result import SequenceResult

COLUMNS = (
    'cgf1', 'pmf1_50', 'il_mcc', 'absent_accuracy', 'jf', 'hota', 'id_switches', 'misses',
    'false_positives',
)  # fmt: skip
DETECTOR_COLUMNS = (*COLUMNS[:4], 'pmf1', 'miou', 'misses', 'false_positives')
NOT_ACCURACY = (
    'These recordings have no ground truth. The metrics tell how steady the results are, not '
    'whether they are right: they are **not accuracy**.'
)
TOTAL = 'all'


def summary(results: RunResults) -> str:
    """Return headline, settings, tables and what went wrong."""
    labeled = {n: item for n, item in results.sequences.items() if item.truth != 'none'}
    free = {n: item for n, item in results.sequences.items() if item.truth == 'none'}
    columns = DETECTOR_COLUMNS if results.config.detector_alone else COLUMNS
    parts = ['# Evaluation', '', *_settings(results), '']
    if results.classes:
        parts += class_tables(results)
    elif labeled:
        rows = [_row(name, _asked(item), item.metrics, columns) for name, item in labeled.items()]
        if len(labeled) > 1:
            rows.append(_row(TOTAL, '', results.total, columns))
        parts += [_table(('sequence', 'concepts (absent in brackets)'), columns, rows), '']
        parts += [*_intervals(results), *_returns(results.total)]
    if free:
        names = tuple(kind.name for kind in LABEL_FREE)
        rows = [_row(name, _asked(item), item.metrics, names) for name, item in free.items()]
        table = _table(('sequence', 'concepts'), names, rows)
        parts += ['## Without ground truth', '', NOT_ACCURACY, '', table, '']
    parts += [] if results.classes else _times(results)
    notes = _notes(results)
    if notes:
        parts += ['## Notes', '', *notes, '']
    if results.failed:
        failed = [f'- {name}: {reason}' for name, reason in results.failed.items()]
        parts += ['## Not evaluated', '', *failed, '']
    return '\n'.join(parts)


def _notes(results: RunResults) -> list[str]:
    notes = [(name, note) for name, item in results.sequences.items() for note in item.notes]
    if not results.classes:
        return [f'- {name}: {note}' for name, note in notes]
    # Many pictures say the same.
    many = Counter(note for _, note in notes)
    return [f'- {note} ({counted(count, "picture")})' for note, count in many.items()]


def _settings(results: RunResults) -> list[str]:
    config = results.config
    way = 'tracker node over DDS' if config.over_dds else 'tracker in process'
    if config.detector_alone:
        way = 'detector alone, frame by frame'
    frames = sum(item.frames for item in results.sequences.values())
    kind = '' if config.suite.startswith('--') else 'suite '
    images = 'real' if config.suite in REAL_SUITES else 'simulated'
    suite = f', {kind}{config.suite} ({images} images)' if config.suite else ''
    size = f'{counted(len(results.sequences), "sequence")}, {counted(frames, "frame")}'
    size = counted(frames, 'picture') if results.classes else size
    return [
        f'bundle {config.bundle} ({config.bundle_digest[:12]}) on {config.engine}, threshold '
        f'{config.threshold:.3f}; {config.mode}, {way}; {size}{suite}'
    ]


def _asked(item: SequenceResult) -> str:
    return ', '.join(f'({c})' if c in item.absent else c for c in item.concepts)


def _row(name: str, concepts: str, metrics: Metrics, columns: Iterable[str]) -> list[str]:
    values = [METRIC_INFO[column].show(metrics.value(column)) for column in columns]
    return [name, concepts, *values]


def _intervals(results: RunResults) -> list[str]:
    said = [
        f'{info.label} {info.show(low)} to {info.show(high)}'
        for info, (low, high) in (
            (METRIC_INFO[name], interval) for name, interval in results.intervals_95.items()
        )
        if low == low
    ]
    return [f'95 % intervals over sequences: {", ".join(said)}.', ''] if said else []


def _returns(total: Metrics) -> list[str]:
    if not total.reentries:
        return []
    known = f'{total.reidentified} of {counted(total.reentries, "return")}'
    return [f'Objects that left and came back got their track back in {known}.', '']


def _times(results: RunResults) -> list[str]:
    rows = [
        {
            'sequence': name,
            'dropped': ', '.join(f'{n} {cause}' for cause, n in time.dropped.items()) or 'none',
            'offered': str(time.offered),
            'received': str(time.received),
            'processed': str(time.processed),
            'undelivered': str(time.undelivered),
            'p50 ms': f'{time.p50_ms:.1f}',
            'p95 ms': f'{time.p95_ms:.1f}',
            'p99 ms': f'{time.p99_ms:.1f}',
            'from cache': 'yes' if time.cached else '',
        }
        for name, time in results.timing.sequences.items()
    ]
    if not rows:
        return []
    lines = [text_table([list(rows[0]), *(list(row.values()) for row in rows)], 2), '']
    shares = [t.harness_cpu_share for t in results.timing.sequences.values()]
    known = [share for share in shares if share == share]
    if known:
        lines += [f'CPU share of the measuring process: at most {100 * max(known):.1f} %.', '']
    return ['## Time', '', *lines]


def _table(texts: Sequence[str], columns: Iterable[str], rows: Sequence[Sequence[str]]) -> str:
    header = [*texts, *(METRIC_INFO[column].label for column in columns)]
    return text_table([header, *rows], len(texts))
