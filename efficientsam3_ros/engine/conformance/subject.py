"""The engine under test, its reference and the inputs that both get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from efficientsam3_ros.engine.conformance.probe import Probe
from efficientsam3_ros.engine.onnxruntime_backend import OnnxRuntimeEngine
from efficientsam3_ros.engine.protocol import Engine

TOLERANCES = {'fp32': 1e-4, 'fp16': 2e-2, 'bf16': 1e-1, 'int8': 2e-1}
"""Largest difference that passes, relative to the largest reference value of an output."""

DEFAULT_PROMPTS = (1, 2, 16)


@dataclass(frozen=True)
class Subject:
    """The engine under test.

    Attributes:
        open: Makes a fresh engine of the same bundle and backend.
        engine: One that is open.
        reference: ONNX Runtime on the CPU with the same bundle.
        precision: Decides the tolerance.
        prompts: Numbers of prompts to try.
        probes: Inputs made so far, by number of prompts and seed.
    """

    open: Callable[[], Engine]
    engine: Engine
    reference: OnnxRuntimeEngine
    precision: str = 'fp32'
    prompts: tuple[int, ...] = DEFAULT_PROMPTS
    probes: dict[tuple[int, int], Probe] = field(default_factory=dict)

    @property
    def tolerance(self) -> float:
        """Largest relative difference that passes."""
        return TOLERANCES[self.precision]

    def probe(self, prompts: int = 2, seed: int = 0) -> Probe:
        """Return inputs for all graphs."""
        key = prompts, seed
        if key not in self.probes:
            self.probes[key] = Probe.of(self.reference, prompts, seed)
        return self.probes[key]
