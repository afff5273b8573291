"""What every engine must do, checked on a bundle against ONNX Runtime on the CPU.

The same checks serve the tests and ``efficientsam3 doctor --engine``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import math
from time import perf_counter

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.engine.conformance.checks import CHECKS, RuleError
from efficientsam3_ros.engine.conformance.compare import relative_difference
from efficientsam3_ros.engine.conformance.probe import Arrays, Subject
from efficientsam3_ros.engine.protocol import Engine

_RUNS = 3
_REMEDIES = {
    'parity': 'choose precision fp32; update the backend; export the bundle again',
    'rules': 'update the backend; report this with the table',
}


@dataclass(frozen=True)
class Outcome:
    """One line of the report.

    Attributes:
        check: What was looked at.
        passed: Whether the engine did it.
        detail: Figures or the cause.
        milliseconds: Shortest time of a run, NaN where none was measured.
        difference: Largest relative difference, NaN where none was measured.
        remedy: What to do about a failure.
    """

    check: str
    passed: bool
    detail: str = ''
    milliseconds: float = math.nan
    difference: float = math.nan
    remedy: str = ''


def conformance(subject: Subject) -> Iterator[Outcome]:
    """Run all checks; a check that fails or raises is a line, not an exception.

    Args:
        subject: What to test; its engine stays open.
    """
    for graph in subject.engine.manifest.graphs:
        for prompts in prompts_of(subject, graph):
            yield parity(subject, graph, prompts)
    for name, check in CHECKS.items():
        try:
            yield Outcome(name, True, check(subject))
        except RuleError as error:
            yield Outcome(name, False, str(error), remedy=_REMEDIES['rules'])
        except Exception as error:  # backends raise what they like; the report must go on
            yield Outcome(name, False, _with_type(error), remedy=_REMEDIES['rules'])


def prompts_of(subject: Subject, graph: str) -> tuple[int, ...]:
    """Return the numbers of prompts that make a difference to a graph."""
    free = any(spec.shape and spec.shape[0] != 1 for spec in subject.reference.input_specs(graph))
    return subject.prompts if free else subject.prompts[:1]


def parity(subject: Subject, graph: str, prompts: int) -> Outcome:
    """Compare one graph with the reference, both fed with the reference's arrays.

    Args:
        subject: What to test.
        graph: Which graph.
        prompts: How many prompts.
    """
    name = f'{graph}, {prompts} prompts' if len(prompts_of(subject, graph)) > 1 else graph
    try:
        probe = subject.probe(prompts)
        found, milliseconds = _timed(subject.engine, graph, probe.inputs[graph])
        worst = relative_difference(found, probe.outputs[graph], subject.tolerance > 1e-3)
    except Exception as error:  # backends raise what they like; the report must go on
        return Outcome(name, False, _with_type(error), remedy=_REMEDIES['parity'])
    good = worst.value <= subject.tolerance
    detail = '' if good else f'output "{worst.output}", at most {subject.tolerance:g} passes'
    remedy = '' if good else _REMEDIES['parity']
    return Outcome(name, good, detail, milliseconds, worst.value, remedy)


def _timed(engine: Engine, graph: str, inputs: Arrays) -> tuple[Arrays, float]:
    """Return host outputs and the shortest time of a run, milliseconds."""
    times = []
    smallest = ''
    found: Arrays = {}
    for _ in range(_RUNS):
        start = perf_counter()
        values = engine.run(graph, inputs)
        if smallest:
            # Fetching the smallest output waits for a device without timing the copy of the rest.
            engine.to_numpy(values[smallest])
        times.append(perf_counter() - start)
        found = {name: engine.to_numpy(value) for name, value in values.items()}
        smallest = min(found, key=lambda name: found[name].size)
    return found, 1e3 * min(times[1:])


def _with_type(error: Exception) -> str:
    return f'{type(error).__name__}: {one_line(error)}'
