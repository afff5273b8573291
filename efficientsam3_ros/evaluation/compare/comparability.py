"""May two runs be compared, and what was run differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from efficientsam3_ros.evaluation.results import RunResults
from efficientsam3_ros.evaluation.sequence_result import SequenceResult

_DIGITS = 12


def same_question(first: RunResults, second: RunResults) -> tuple[list[str], dict[str, str]]:
    """Return the sequences on which both runs answered the same question, and why others not.

    Sequences with other content, frames, truth or concepts are never set against each other.
    """
    common, left_out = [], {}
    for name in sorted({*first.sequences, *second.sequences, *first.failed, *second.failed}):
        why = _why_not(first, second, name)
        if why:
            left_out[name] = why
        else:
            common.append(name)
    return common, left_out


def config_changes(first: RunResults, second: RunResults) -> tuple[str, ...]:
    """Return in words what was run differently."""
    a, b = first.config, second.config
    lines = [
        _changed(label, getattr(a, field), getattr(b, field))
        for field, label in (
            ('bundle', 'bundle'), ('bundle_digest', 'bundle digest'), ('mode', 'mode'),
            ('over_dds', 'over DDS'), ('engine', 'engine'), ('threshold', 'threshold'),
            ('concepts', 'concepts'), ('suite', 'suite'), ('detector_alone', 'detector alone'),
        )
    ]  # fmt: skip
    lines += _mapping('graph', a.graphs, b.graphs)
    lines += _mapping('tracker', a.tracker, b.tracker)
    lines.append(_changed('threads', first.timing.threads, second.timing.threads))
    lines.append(_changed('workers', first.timing.workers, second.timing.workers))
    return tuple(line for line in lines if line)


def _why_not(first: RunResults, second: RunResults, name: str) -> str:
    runs = (('first', first), ('second', second))
    lacking = [
        f'failed in the {which} run: {run.failed[name]}'
        if name in run.failed
        else f'not in the {which} run'
        for which, run in runs
        if name not in run.sequences
    ]
    if lacking:
        return ', '.join(lacking)
    return ', '.join(_differences(first.sequences[name], second.sequences[name]))


def _differences(a: SequenceResult, b: SequenceResult) -> Iterator[str]:
    if a.digest != b.digest:
        yield f'other content (SHA-256 {_short(a.digest)} and {_short(b.digest)})'
    if a.frames != b.frames:
        yield f'{a.frames} and {b.frames} frames'
    if a.truth != b.truth:
        yield f'ground truth {a.truth} and {b.truth}'
    if set(a.concepts) != set(b.concepts):
        yield f'concepts {_list(a.concepts)} and {_list(b.concepts)}'


def _mapping(label: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    return [_changed(f'{label} {key}', a.get(key), b.get(key)) for key in dict.fromkeys([*a, *b])]


def _changed(label: str, a: object, b: object) -> str:
    # NaN leaves a setting to the bundle, and is never equal to itself.
    same = a == b or (a != a and b != b)
    return '' if same else f'{label}: {_said(a)} → {_said(b)}'


def _said(value: object) -> str:
    if value is None or value == '':
        return 'none'
    if isinstance(value, tuple):
        return _list(value)
    return _short(value) if isinstance(value, str) and len(value) == 64 else str(value)


def _list(values: tuple[str, ...]) -> str:
    return '(' + ', '.join(values) + ')'


def _short(digest: str) -> str:
    return digest[:_DIGITS]
