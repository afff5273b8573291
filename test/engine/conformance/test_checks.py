"""An engine that breaks one rule is caught by the check of that rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tiny_onnx import write_tiny_bundle

from efficientsam3_ros.engine import EngineError, load_engine
from efficientsam3_ros.engine.conformance import checks
from efficientsam3_ros.engine.conformance.checks import RuleError
from efficientsam3_ros.engine.conformance.probe import Subject
from efficientsam3_ros.engine.conformance.run import conformance, parity


class Honest:
    """An engine that passes everything on; broken ones override a method."""

    def __init__(self, inner) -> None:
        self.inner = inner
        self.manifest = inner.manifest
        self.runs = 0

    def run(self, graph, inputs):
        self.runs += 1
        return dict(self.inner.run(graph, inputs))

    def to_numpy(self, value):
        return self.inner.to_numpy(value)

    def close(self) -> None:
        self.inner.close()


class Inexact(Honest):
    def run(self, graph, inputs):
        found = super().run(graph, inputs)
        return {k: v * 1.001 if v.dtype == np.float32 else v for k, v in found.items()}


class Moody(Honest):
    def run(self, graph, inputs):
        found = super().run(graph, inputs)
        return {
            k: v * np.float32(1 + self.runs * 1e-7) if v.dtype == np.float32 else v
            for k, v in found.items()
        }


class OneBuffer(Honest):
    """Overwrites the last result instead of the one before."""

    buffers: dict

    def run(self, graph, inputs):
        found = super().run(graph, inputs)
        self.__dict__.setdefault('buffers', {})
        for name, value in found.items():
            kept = self.buffers.get((graph, name))
            if kept is not None and kept.shape == value.shape:
                kept[...] = value
                found[name] = kept
            else:
                self.buffers[graph, name] = found[name] = value.copy()
        return found


class Lenient(Honest):
    """Converts what it is given instead of refusing it."""

    def run(self, graph, inputs):
        return super().run(graph, {k: v.astype(np.float32) for k, v in inputs.items()})


class Undead(Honest):
    def close(self) -> None:
        """Stay open."""


class Siblings(Honest):
    """Engines that share one buffer."""

    alive = 0

    def __init__(self, inner) -> None:
        super().__init__(inner)
        Siblings.alive += 1

    def run(self, graph, inputs):
        found = super().run(graph, inputs)
        if Siblings.alive > 1 and graph == 'detector':
            return {name: value + 1 for name, value in found.items()}
        return found


@pytest.fixture
def subject_of(tmp_path) -> Callable[[type[Honest]], Subject]:
    bundle = write_tiny_bundle(tmp_path)

    def make(kind: type[Honest]) -> Subject:
        def opener() -> Honest:
            return kind(load_engine(bundle, threads=1))

        return Subject(opener, opener(), load_engine(bundle, threads=1), prompts=(1, 2))

    return make


def test_an_honest_engine_passes(subject_of):
    outcomes = list(conformance(subject_of(Honest)))
    assert [o for o in outcomes if not o.passed] == []
    assert len(outcomes) == 5 + 6
    assert sum(o.milliseconds >= 0 for o in outcomes) == 5


@pytest.mark.parametrize(
    ('kind', 'check', 'said'),
    [
        (Inexact, 'check_chaining', 'differs by 0.00'),
        (Moody, 'check_determinism', 'differs between runs'),
        (OneBuffer, 'check_lifetime', 'changed when its graph ran once more'),
        (Lenient, 'check_refusals', 'a wrong type is taken without a word'),
        (Undead, 'check_closing', 'a run after closing is taken without a word'),
        (Siblings, 'check_two_engines', 'beside a second engine differ'),
    ],
)
def test_a_broken_engine_is_caught(subject_of, kind, check, said):
    Siblings.alive = 0
    subject = subject_of(kind)
    with pytest.raises(RuleError, match=said):
        getattr(checks, check)(subject)


def test_an_engine_that_is_off_fails_its_parity_with_figures(subject_of):
    outcome = parity(subject_of(Inexact), 'image_encoder', 1)
    assert not outcome.passed
    assert outcome.difference == pytest.approx(1e-3, rel=0.01)
    assert 'level_0' in outcome.detail and outcome.remedy


def test_an_engine_that_raises_is_a_line_of_the_report(subject_of):
    class Broken(Honest):
        def run(self, graph, inputs):
            raise EngineError('the provider\ncannot start')

    outcomes = list(conformance(subject_of(Broken)))
    assert not any(o.passed for o in outcomes)
    assert 'the provider cannot start' in outcomes[0].detail
