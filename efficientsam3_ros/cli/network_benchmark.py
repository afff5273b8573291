"""``efficientsam3 benchmark --against upstream-layout``: what necks and engines cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
import json
from pathlib import Path
from statistics import median
import tempfile
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from efficientsam3_ros.cli.progress import progress
from efficientsam3_ros.cli.tables import table

if TYPE_CHECKING:
    from efficientsam3_ros.model.export_graph import GraphPlan

ENGINES = ('torch eager', 'onnxruntime', 'openvino')
PARTS = ('image_encoder', 'detector')
Run = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """One part of one network on one engine.

    Attributes:
        neck: ``sam3`` or ``lean``.
        size: Side of the input in pixels.
        part: ``image_encoder`` or ``detector`` (one prompt).
        engine: One of ``ENGINES``.
        gmac: Billions of multiply-accumulates.
        seconds: Of every round.
    """

    neck: str
    size: int
    part: str
    engine: str
    gmac: float
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Median seconds."""
        return median(self.seconds)


def run(student: str, sizes: tuple[int, ...], rounds: int, out: Path | None) -> int:
    """Measure, print and write.

    Every round runs each candidate once, so that a disturbance hits all of them alike.

    Args:
        student: One of the nine; with random weights and the S0 text encoder.
        sizes: Input sizes in pixels.
        rounds: Timed rounds, after one to warm up.
        out: JSON file for the figures.
    """
    if rounds < 1:
        raise ValueError(f'At least 1 round is needed, got {rounds}.')
    timings: list[Timing] = []
    for size in sizes:
        timings += _measure(student, size, rounds)
    print(_table(student, timings))
    for line in _conclusions(timings, sizes):
        print(line)
    if out is not None:
        out.write_text(json.dumps([asdict(t) for t in timings], indent=2) + '\n')
    return 0


def _measure(student: str, size: int, rounds: int) -> list[Timing]:
    candidates: dict[tuple[str, str, str], Run] = {}
    gmac: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for neck in progress(('sam3', 'lean'), f'export at {size} px'):
            plans, costs = _plans(student, neck, size)
            for part in PARTS:
                gmac[neck, part] = costs[part]
                path = Path(folder) / f'{neck}_{part}.onnx'
                for engine, call in _runners(plans[part], path).items():
                    candidates[neck, part, engine] = call
        seconds: dict[tuple[str, str, str], list[float]] = {key: [] for key in candidates}
        for number in progress(range(rounds + 1), f'rounds at {size} px'):
            for key, call in candidates.items():
                start = perf_counter()
                call()
                if number:
                    seconds[key].append(perf_counter() - start)
    return [
        Timing(neck, size, part, engine, gmac[neck, part], tuple(seconds[neck, part, engine]))
        for neck, part, engine in candidates
    ]


def _plans(student: str, neck: str, size: int) -> tuple[dict[str, GraphPlan], dict[str, float]]:
    import torch

    from efficientsam3_ros.model.cost import count_macs
    from efficientsam3_ros.model.export_plans import family_plans
    from efficientsam3_ros.model.registry import build_student, family_config
    from efficientsam3_ros.model.reparameterize import reparameterize

    config = family_config(student, neck='sam3' if neck == 'sam3' else 'lean', size=size)
    torch.manual_seed(0)
    macs = count_macs(config)
    costs = {'image_encoder': macs.encoder / 1e9, 'detector': macs.detector / 1e9}
    return family_plans(reparameterize(build_student(config).eval())), costs


def _runners(plan: GraphPlan, path: Path) -> dict[str, Run]:
    """Return a call for each engine, all on the same inputs with one prompt."""
    import onnxruntime
    import openvino
    import torch

    from efficientsam3_ros.model.export_graph import write_graph

    write_graph(plan, path, {'prompts': 16, 'tokens': 64})
    one = {n: v[:1] if n.startswith('prompt') else v for n, v in plan.inputs.items()}
    feed: Mapping[str, np.ndarray] = {n: v.numpy() for n, v in one.items()}
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    compiled = openvino.Core().compile_model(
        str(path), 'CPU', {'INFERENCE_PRECISION_HINT': 'f32', 'PERFORMANCE_HINT': 'LATENCY'}
    )

    def eager() -> object:
        with torch.inference_mode():
            return plan.module(*one.values())

    return {
        'torch eager': eager,
        'onnxruntime': lambda: session.run(None, feed),
        'openvino': lambda: compiled(feed),
    }


def _table(student: str, timings: list[Timing]) -> str:
    header = ('neck', 'part', 'engine', 'size', 'GMAC', 'ms median', 'ms best', 'rounds')
    rows = [
        (
            *(t.neck, t.part, t.engine, t.size, f'{t.gmac:.1f}'),
            *(f'{1e3 * t.median:.0f}', f'{1e3 * min(t.seconds):.0f}', len(t.seconds)),
        )
        for t in timings
    ]
    title = f'{student}, random weights, fp32, one prompt; sam3 = the layout of upstream'
    return f'{title}\n\n{table(header, rows, text_columns=3)}\n'


def _conclusions(timings: list[Timing], sizes: tuple[int, ...]) -> list[str]:
    found = {(t.neck, t.size, t.part, t.engine): t for t in timings}
    lines = []
    for size in sizes:
        for engine in ENGINES[1:]:
            eager, fast = (
                sum(found['sam3', size, part, e].median for part in PARTS)
                for e in (ENGINES[0], engine)
            )
            necks = [found[neck, size, PARTS[0], engine].median for neck in ('sam3', 'lean')]
            lines.append(
                f'{size} px: {engine} {eager / fast:.1f}x faster than torch eager (sam3 neck, '
                f'encoder and detector); lean encoder {necks[0] / necks[1]:.1f}x faster than '
                'with the sam3 neck'
            )
        path = [
            sum(found[neck, size, part, ENGINES[0]].gmac for part in PARTS)
            for neck in ('sam3', 'lean')
        ]
        lines.append(
            f'{size} px: image path {path[0]:.1f} GMAC with the sam3 neck, {path[1]:.1f} lean: '
            f'{path[0] / path[1]:.1f}x fewer'
        )
    return lines
