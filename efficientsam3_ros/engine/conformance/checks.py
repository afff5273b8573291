"""The rules of ``Engine`` beside the numbers, one function each.

A check returns a remark for the report, or raises ``RuleError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from efficientsam3_ros.core.memory_layout import MEMORY_GRAPHS
from efficientsam3_ros.engine.conformance.compare import relative_difference
from efficientsam3_ros.engine.conformance.probe import Probe, Subject, chain
from efficientsam3_ros.engine.protocol import KEPT_RUNS, Engine, EngineError


class RuleError(AssertionError):
    """A rule that the engine breaks; the message says which."""


def check_chaining(subject: Subject) -> str:
    """Values go from graph to graph as they are, for several prompts one after another."""
    kinds: set[str] = set()
    for prompts in (*subject.prompts, subject.prompts[0]):
        for graph in ('detector', *MEMORY_GRAPHS):
            if graph in subject.engine.manifest.graphs:
                kinds |= _chained(subject, graph, prompts)
    return f'values are {", ".join(sorted(kinds))}'


def _chained(subject: Subject, graph: str, prompts: int) -> set[str]:
    """Check one graph behind those that feed it; return the kinds of its values."""
    probe = subject.probe(prompts)
    outputs = chain(subject.engine, probe, graph)
    found = {name: subject.engine.to_numpy(value) for name, value in outputs.items()}
    # Errors of two graphs add up.
    limit = 2 * subject.tolerance
    worst = relative_difference(found, probe.outputs[graph], subject.tolerance > 1e-3)
    if not worst.value <= limit:
        raise RuleError(
            f'{graph}, {prompts} prompts: "{worst.output}" differs by {worst.value:.2g}'
        )
    return {type(value).__name__ for value in outputs.values()}


def check_refusals(subject: Subject) -> str:
    """Wrong graphs, names, types and shapes are refused with their names."""
    engine = subject.engine
    image = subject.probe().inputs['image_encoder']
    name, array = next(iter(image.items()))
    _refused(lambda: engine.run('no_such_graph', image), 'no_such_graph', 'an absent graph')
    _refused(lambda: engine.run('image_encoder', {}), name, 'a missing input')
    surplus = {**image, 'surplus': array}
    _refused(lambda: engine.run('image_encoder', surplus), 'surplus', 'a surplus input')
    wrong = {name: array.astype(np.float64)}
    _refused(lambda: engine.run('image_encoder', wrong), 'float64', 'a wrong type')
    flat = {name: array[0]}
    _refused(lambda: engine.run('image_encoder', flat), 'image_encoder', 'a wrong rank')
    narrow = {name: np.ascontiguousarray(array[..., :-8])}
    shape = str(narrow[name].shape)
    _refused(lambda: engine.run('image_encoder', narrow), shape, 'a wrong size')
    # A refusal must not leave the engine in a state of its own.
    engine.run('image_encoder', image)
    return ''


def check_lifetime(subject: Subject) -> str:
    """The last results stay, host copies stay for good, arrays given may change."""
    engine = subject.engine
    first, second, third = (subject.probe(seed=seed).inputs['image_encoder'] for seed in range(3))
    given = {name: array.copy() for name, array in first.items()}
    values = engine.run('image_encoder', given)
    for array in given.values():
        array.fill(np.nan)
    kept = {name: engine.to_numpy(value) for name, value in values.items()}
    before = {name: array.copy() for name, array in kept.items()}
    engine.run('image_encoder', second)
    for name, value in values.items():
        if not np.array_equal(engine.to_numpy(value), before[name]):
            raise RuleError(f'"{name}" changed when its graph ran once more')
    engine.run('image_encoder', third)
    engine.run('image_encoder', second)
    for name, array in kept.items():
        if not np.array_equal(array, before[name]) or not np.isfinite(array).all():
            raise RuleError(f'the host copy of "{name}" changed')
    return _age_of_values(engine, values, before)


def check_determinism(subject: Subject) -> str:
    """The same inputs give the same bytes, whatever ran between."""
    probe, other = subject.probe(), subject.probe(prompts=1, seed=1)
    first = _detections(subject.engine, probe)
    _detections(subject.engine, other)
    for _ in range(3):
        again = _detections(subject.engine, probe)
        for name, array in first.items():
            if array.tobytes() != again[name].tobytes():
                raise RuleError(f'"{name}" differs between runs')
    return ''


def check_two_engines(subject: Subject) -> str:
    """A second engine neither disturbs the first nor differs from it."""
    probe = subject.probe()
    alone = _detections(subject.engine, probe)
    second = subject.open()
    try:
        features = second.run('image_encoder', probe.inputs['image_encoder'])
        mixed = _detections(subject.engine, probe)
        other = _detections(second, probe)
        name, value = next(iter(features.items()))
        if not np.isfinite(second.to_numpy(value)).all():
            raise RuleError(f'"{name}" of the second engine is not finite')
    finally:
        second.close()
    after = _detections(subject.engine, probe)
    for label, found in (('beside', mixed), ('after', after)):
        if any(found[n].tobytes() != alone[n].tobytes() for n in alone):
            raise RuleError(f'results {label} a second engine differ')
    worst = relative_difference(other, alone)
    if not worst.value <= subject.tolerance:
        raise RuleError(f'the second engine differs by {worst.value:.2g} in "{worst.output}"')
    return ''


def check_closing(subject: Subject) -> str:
    """A closed engine refuses to run, and may be closed twice."""
    probe = subject.probe()
    engine = subject.open()
    engine.run('image_encoder', probe.inputs['image_encoder'])
    engine.close()
    image = probe.inputs['image_encoder']
    _refused(lambda: engine.run('image_encoder', image), 'closed', 'a run after closing')
    engine.close()
    return ''


def _detections(engine: Engine, probe: Probe) -> dict[str, np.ndarray]:
    outputs = chain(engine, probe)
    return {name: engine.to_numpy(value) for name, value in outputs.items()}


def _refused(action: Callable[[], object], said: str, what: str) -> None:
    try:
        action()
    except EngineError as error:
        if said not in str(error):
            raise RuleError(f'{what}: the message does not name {said}: {error}') from error
        return
    raise RuleError(f'{what} is taken without a word')


def _age_of_values(
    engine: Engine, values: dict[str, object], before: dict[str, np.ndarray]
) -> str:
    """Tell whether old values are refused or owned; other numbers are a failure."""
    for name, value in values.items():
        try:
            array = engine.to_numpy(value)
        except EngineError:
            return f'values last {KEPT_RUNS} runs, older ones are refused'
        if not np.array_equal(array, before[name]):
            raise RuleError(f'"{name}" was overwritten, and reading it is not refused')
    return 'values last as long as they are held'


CHECKS: Mapping[str, Callable[[Subject], str]] = {
    'values pass between graphs': check_chaining,
    'wrong inputs are refused': check_refusals,
    'results last as promised': check_lifetime,
    'same input, same bytes': check_determinism,
    'two engines at a time': check_two_engines,
    'closed engine is refused': check_closing,
}
"""All checks by their names in the report."""
