"""``efficientsam3 doctor --engine``: whether an engine works as it must, in one table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
import math
from pathlib import Path

from efficientsam3_ros.cli.support.console import table
from efficientsam3_ros.core import Manifest
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.engine import (
    EngineError,
    EngineOptions,
    available_backends,
    find_bundle,
    load_engine,
)
from efficientsam3_ros.engine.conformance.probe import DEFAULT_PROMPTS, Subject
from efficientsam3_ros.engine.conformance.run import Outcome, conformance
from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine

_HEADER = ('check', 'result', '     ms', 'difference', 'details')


def report(bundle: str, backend: str, calibration: Path | None = None) -> int:
    """Check an engine against ONNX Runtime on the CPU and print what was found.

    Args:
        bundle: Name or folder.
        backend: Name of the engine, with ``:fp16`` for another precision.
        calibration: Folder of pictures for ``tensorrt:int8``.

    Returns:
        0 if every check passed, else 1.
    """
    outcomes = list(_outcomes(bundle, backend, calibration))
    print(table(_HEADER, [_row(outcome) for outcome in outcomes], len(_HEADER)))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if failed:
        print('\nremedies:')
    for remedy in dict.fromkeys(outcome.remedy for outcome in failed if outcome.remedy):
        print(f'  {remedy}')
    if failed:
        print(f'\n{backend}: {len(failed)} of {len(outcomes)} checks failed')
        return 1
    print(f'\n{backend}: all {len(outcomes)} checks passed')
    return 0


def _outcomes(bundle: str, backend: str, calibration: Path | None) -> Iterator[Outcome]:
    name, _, precision = backend.partition(':')
    states = available_backends()
    if name not in states:
        raise EngineError(f'Unknown engine "{name}"; choose one of {", ".join(states)}.')
    state = states[name]
    ready = state.startswith('ready')
    yield Outcome(f'{name} is installed', ready, state, remedy='' if ready else state)
    if not ready:
        return
    options = EngineOptions(precision=precision or 'fp32', calibration=calibration)
    folder = find_bundle(bundle)
    manifest = Manifest.load(folder)
    fresh = partial(load_engine, bundle, backend, verify=False, options=options)
    try:
        engine = fresh()
    # Backends raise what they like; the report must go on.
    except Exception as error:
        text = one_line(error)
        yield Outcome('bundle loads', False, text, remedy=text)
        return
    yield Outcome('bundle loads', True, f'{len(engine.manifest.graphs)} graphs')
    # A bundle in half precision is compared as such, whatever the engine was asked for.
    coarser = engine.manifest.precision if options.precision == 'fp32' else options.precision
    limit = engine.manifest.bounds.get('prompts', max(DEFAULT_PROMPTS))
    prompts = tuple(sorted({min(count, limit) for count in (*DEFAULT_PROMPTS, limit)}))
    with closing(engine), closing(OnnxRuntimeEngine(folder, manifest)) as reference:
        yield from conformance(Subject(fresh, engine, reference, coarser, prompts))


def _row(outcome: Outcome) -> tuple[str, ...]:
    known = not math.isnan(outcome.milliseconds)
    return (
        outcome.check,
        'ok' if outcome.passed else 'FAILED',
        f'{outcome.milliseconds:7.2f}' if known else '',
        f'{outcome.difference:10.1e}' if known else '',
        outcome.detail,
    )
