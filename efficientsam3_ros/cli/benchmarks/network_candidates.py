"""What ``efficientsam3 benchmark network`` times: necks, parts, engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import copy
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor, nn

    from efficientsam3_ros.model.export.graph import GraphPlan
    from efficientsam3_ros.model.image.student_image_encoder import NeckName

UPSTREAM = "torch eager, upstream's layout"
OURS = 'torch eager, ours (folded)'
ENGINES = ('onnxruntime', 'openvino')
NECKS: tuple[NeckName, ...] = ('sam3', 'lean')
PARTS = ('image_encoder', 'detector')
Run = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """One part of one network on one engine.

    Attributes:
        neck: ``sam3`` or ``lean``.
        size: Side of the input in pixels.
        part: ``image_encoder`` or ``detector`` (one prompt).
        engine: ``UPSTREAM``, ``OURS`` or one of ``ENGINES``.
        gmac: Billions of multiply-accumulates, counted in torch.
        seconds: Of every round.
    """

    neck: str
    size: int
    part: str
    engine: str
    gmac: float
    seconds: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """Median seconds."""
        return median(self.seconds)


def candidates(
    student: str, neck: NeckName, size: int, folder: Path
) -> Iterator[tuple[Timing, Run]]:
    """Yield all ways to run a student's parts with one neck, not timed yet.

    Args:
        student: One of the nine; with random weights and the S0 text encoder.
        neck: ``sam3`` brings upstream's layout with it.
        size: Side of the input in pixels.
        folder: Receives the graphs; they are read again while engines load.
    """
    for part, plan in _plans(student, neck, size).items():
        inputs = {n: v[:1] if n.startswith('prompt') else v for n, v in plan.inputs.items()}
        ours = Timing(neck, size, part, OURS, _gmac(plan.module, inputs))
        if neck == 'sam3':
            module = _upstream(student, size, part)
            gmac = _gmac(module, inputs)
            yield replace(ours, engine=UPSTREAM, gmac=gmac), _eager(module, inputs)
        yield ours, _eager(plan.module, inputs)
        for name, call in _engines(plan, inputs, folder / f'{neck}_{part}.onnx').items():
            yield replace(ours, engine=name), call


def _plans(student: str, neck: NeckName, size: int) -> dict[str, GraphPlan]:
    import torch

    from efficientsam3_ros.model.export.plans import student_plans
    from efficientsam3_ros.model.export.reparameterize import reparameterize
    from efficientsam3_ros.model.registry import student_config
    from efficientsam3_ros.model.student import Student

    torch.manual_seed(0)
    config = student_config(student, neck=neck, size=size)
    plans = student_plans(reparameterize(Student(config).eval()))
    return {part: plans[part] for part in PARTS}


def _upstream(student: str, size: int, part: str) -> nn.Module:
    from efficientsam3_ros.model.cost.upstream_layout import upstream_path
    from efficientsam3_ros.model.registry import student_config

    encoder, detector = upstream_path(student_config(student, neck='sam3', size=size))
    return encoder if part == PARTS[0] else detector


def _eager(module: nn.Module, inputs: Mapping[str, Tensor]) -> Run:
    import torch

    def call() -> object:
        with torch.inference_mode():
            return module(*inputs.values())

    return call


def _gmac(module: nn.Module, inputs: Mapping[str, Tensor]) -> float:
    """Count multiply-accumulates in billions, without computing anything."""
    from efficientsam3_ros.model.cost.cost import macs_of

    # Fused attention is counted on the device "meta" only, and hooks must not meet gradients.
    empty = copy.deepcopy(module).to('meta').requires_grad_(False)
    return macs_of(lambda: empty(*(value.to('meta') for value in inputs.values())))[0] / 1e9


def _engines(plan: GraphPlan, inputs: Mapping[str, Tensor], path: Path) -> dict[str, Run]:
    """Return our network's call on each engine."""
    import onnxruntime

    from efficientsam3_ros.engine.onnxruntime_backend import session_options
    from efficientsam3_ros.engine.openvino_core import new_core
    from efficientsam3_ros.model.export.graph import write_graph

    write_graph(plan, path, {'prompts': 16, 'tokens': 64})
    feed: Mapping[str, np.ndarray] = {n: v.numpy() for n, v in inputs.items()}
    session = onnxruntime.InferenceSession(
        str(path), session_options(onnxruntime), providers=['CPUExecutionProvider']
    )
    compiled = new_core().compile_model(
        str(path), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY'}
    )
    return {
        'onnxruntime': lambda: session.run(None, feed),
        'openvino': lambda: compiled(feed),
    }
