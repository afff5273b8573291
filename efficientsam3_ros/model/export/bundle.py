"""Write a network as a bundle of ONNX graphs and compare them with torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from efficientsam3_ros.core.manifest import Graph, Manifest, file_sha256
from efficientsam3_ros.core.memory_layout import MemoryLayout
from efficientsam3_ros.core.writing.atomic import filling
from efficientsam3_ros.model.export.graph import ExportError, GraphPlan, difference, write_graph
from efficientsam3_ros.model.export.precision import store_halves, to_half, to_int8

TOLERANCES = {'fp32': 1e-4, 'bf16': 1e-4, 'fp16': 5e-2}
"""Largest relative difference to torch that passes; int8 is judged by its user."""


@dataclass(frozen=True)
class ExportOptions:
    """How to export.

    Attributes:
        precision: fp32; fp16 (weights and arithmetic, float32 at the ports); bf16 (fp32 graphs
            that an engine computes in bfloat16); int8 (the image encoder's convolutions and
            matrix products quantised, the rest fp32).
        max_prompts: Largest number of prompts in one batch.
        max_exemplars: Largest number of boxes, and of points, of one prompt.
        max_tokens: Largest number of prompt tokens, text and exemplars together.
        max_objects: Largest number of objects tracked in one batch.
        simplify: Fold constants with onnxslim.
        store_halves: Store what float16 holds exactly as float16, in graphs of float32 arithmetic.
        calibration: Prepared images (1, 3, H, W) for int8.

    Raises:
        ValueError: If a value is out of range.
    """

    precision: str = 'fp32'
    max_prompts: int = 16
    max_exemplars: int = 8
    max_tokens: int = 64
    max_objects: int = 16
    simplify: bool = True
    store_halves: bool = False
    calibration: Iterable[np.ndarray] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        known = (*TOLERANCES, 'int8')
        if self.precision not in known:
            raise ValueError(f'Precision is one of {", ".join(known)}, got {self.precision!r}.')
        for name in ('max_prompts', 'max_exemplars', 'max_tokens', 'max_objects'):
            if getattr(self, name) < 1:
                raise ValueError(f'{name} is 1 or more, got {getattr(self, name)}.')

    def bounds(self) -> dict[str, int]:
        """Return the largest size of each free axis."""
        return {
            'prompts': self.max_prompts,
            'tokens': self.max_tokens,
            'exemplars': self.max_exemplars,
            'points': self.max_exemplars,
            'objects': self.max_objects,
        }

    def limit(self, ranked: bool) -> float:
        """Return the largest difference that passes.

        Args:
            ranked: The graph picks the best queries. In coarse arithmetic it may pick others, so
                its difference is only recorded.
        """
        if ranked and self.precision == 'fp16':
            return float('inf')
        return TOLERANCES.get(self.precision, float('inf'))


def export_bundle(
    plans: Mapping[str, GraphPlan],
    folder: Path,
    about: Manifest,
    options: ExportOptions | None = None,
    memory: MemoryLayout | None = None,
) -> Manifest:
    """Export graphs, check them and write the manifest.

    Args:
        plans: What to export, by graph.
        folder: Receives the bundle; made when missing.
        about: Everything that the manifest says but graphs, precision, bounds and parity. What it
            says of graphs that lie in the folder already is kept.
        options: Precision and limits; the defaults when absent.
        memory: Sizes of the video memory, if it is among the plans.

    Returns:
        The manifest as written; ``parity`` holds the measured differences.

    Raises:
        ExportError: If a graph cannot be exported or differs from torch by too much.
    """
    options = options or ExportOptions()
    graphs = dict(about.graphs)
    # What another engine once made of a graph that is replaced (graph@engine) no longer holds.
    parity = {k: v for k, v in about.parity.items() if k.partition('@')[0] not in plans}
    with filling(folder) as part:
        for name, plan in plans.items():
            path = part / f'{name}.onnx'
            parity[name] = _export(name, plan, path, options)
            graphs[name] = Graph(path.name, file_sha256(path), tuple(plan.inputs), plan.outputs)
        manifest = replace(
            about,
            graphs=graphs,
            precision=about.precision if about.graphs else options.precision,
            bounds=options.bounds() | dict(about.bounds) | {'objects': options.max_objects},
            parity=parity,
            memory=memory or about.memory,
        )
        manifest.save(part)
    return manifest


def _export(name: str, plan: GraphPlan, path: Path, options: ExportOptions) -> float:
    """Write one graph and return its difference to torch, which is small enough."""
    plan.module.eval()
    write_graph(plan, path, options.bounds(), options.simplify)
    if options.precision == 'fp16':
        to_half(path)
    elif options.precision == 'int8' and name == 'image_encoder':
        to_int8(path, options.calibration)
    elif options.store_halves:
        store_halves(path)
    found, limit = difference(plan, path), options.limit(plan.ranked)
    if not found <= limit:
        raise ExportError(
            f'{name} differs from torch by {found:.2g} (relative, at most {limit:g}); a layer was '
            f'exported wrongly, or {options.precision} is too coarse for these weights.'
        )
    return found
