"""Write a student as a bundle of ONNX graphs and compare them with torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from efficientsam3_ros.core.manifest import Graph, Manifest, file_sha256
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.core.tokenizer import WordTokenizer
from efficientsam3_ros.model.network import Student

OPSET = 18
LEVELS = ('level_0', 'level_1', 'level_2')


class ExportError(RuntimeError):
    """An export whose graphs do not agree with torch."""


@dataclass(frozen=True)
class _Plan:
    """How one child of the student becomes a graph."""

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]
    dynamic: dict[str, dict[int, str]]


def export_bundle(
    student: Student,
    folder: Path,
    name: str,
    preprocess: Preprocess,
    tokenizer: WordTokenizer,
    threshold: float,
    licence: str = 'Apache-2.0',
    tolerance: float = 1e-3,
) -> dict[str, float]:
    """Export all graphs, check them and write the manifest.

    Args:
        student: Trained network; put into eval mode.
        folder: Receives the bundle; made when missing.
        name: Model name.
        preprocess: What the weights were trained with.
        tokenizer: What the text encoder was trained with.
        threshold: Score from which a detection counts.
        licence: SPDX expression of the weights.
        tolerance: Largest relative difference that passes.

    Returns:
        Largest relative difference between ONNX Runtime and torch, by graph.

    Raises:
        ExportError: If a graph differs from torch by more than ``tolerance``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    student = student.eval().to(memory_format=torch.contiguous_format).cpu()
    graphs: dict[str, Graph] = {}
    differences: dict[str, float] = {}
    for graph, plan in _plans(student).items():
        path = folder / f'{graph}.onnx'
        _export(plan, path)
        differences[graph] = _compare(plan, path)
        if not differences[graph] <= tolerance:
            raise ExportError(
                f'{graph} differs from torch by {differences[graph]:.2g} (relative, at most '
                f'{tolerance:g}); a layer was exported wrongly.'
            )
        graphs[graph] = Graph(path.name, file_sha256(path), tuple(plan.inputs), plan.outputs)
    Manifest(
        name=name,
        preprocess=preprocess,
        words=tokenizer.words,
        context=tokenizer.context,
        width=student.config.width,
        threshold=threshold,
        licence=licence,
        graphs=graphs,
    ).save(folder)
    return differences


def _plans(student: Student) -> dict[str, _Plan]:
    config = student.config
    rows, columns = config.grid
    prompts = 3
    image = torch.rand(1, 3, config.input_height, config.input_width) * 2 - 1
    level_0 = torch.randn(1, config.pixel_width, rows * 4, columns * 4)
    level_1 = torch.randn(1, config.width, rows, columns)
    tokens = torch.randn(prompts, config.text_context + 2, config.width)
    mask = torch.ones(prompts, config.text_context + 2)
    mask[:, -2:] = 0
    ids = torch.randint(2, config.vocabulary_size, (prompts, config.text_context))
    ids[:, -2:] = 0
    labels = torch.ones(prompts, 2, dtype=torch.long)
    exemplars = {
        'level_1': level_1,
        'boxes': torch.rand(prompts, 2, 4) * 0.4 + 0.2,
        'box_labels': labels,
        'points': torch.rand(prompts, 2, 2),
        'point_labels': labels.clone(),
    }
    k = {0: 'prompts'}
    several = {name: {0: 'prompts', 1: 'exemplars'} for name in ('boxes', 'box_labels')}
    several |= {name: {0: 'prompts', 1: 'points'} for name in ('points', 'point_labels')}
    return {
        'image_encoder': _Plan(student.image_encoder, {'image': image}, LEVELS, {}),
        'text_encoder': _Plan(
            student.text_encoder,
            {'token_ids': ids},
            ('text_tokens', 'text_mask'),
            {'token_ids': k},
        ),
        'exemplar_encoder': _Plan(
            student.exemplar_encoder, exemplars, ('exemplar_tokens',), several
        ),
        'detector': _Plan(
            student.detector,
            {'level_0': level_0, 'level_1': level_1, 'prompt_tokens': tokens, 'prompt_mask': mask},
            ('scores', 'presence', 'boxes', 'mask_logits', 'embeddings'),
            {
                'prompt_tokens': {0: 'prompts', 1: 'tokens'},
                'prompt_mask': {0: 'prompts', 1: 'tokens'},
            },
        ),
    }


def _export(plan: _Plan, path: Path) -> None:
    """Export, one weight file inside the graph, and check it."""
    dimensions = {axis for axes in plan.dynamic.values() for axis in axes.values()}
    symbols = {axis: torch.export.Dim(axis, min=1, max=64) for axis in sorted(dimensions)}
    shapes = tuple(
        {axis: symbols[symbol] for axis, symbol in plan.dynamic.get(name, {}).items()} or None
        for name in plan.inputs
    )
    torch.onnx.export(
        plan.module,
        tuple(plan.inputs.values()),
        str(path),
        input_names=list(plan.inputs),
        output_names=list(plan.outputs),
        dynamic_shapes=shapes,
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    _strip_traces(path)
    onnx.checker.check_model(str(path))


def _strip_traces(path: Path) -> None:
    """Drop the exporter's stack traces: they name files of the exporting machine."""
    model = onnx.load(str(path))
    graphs = [model.graph, *model.functions]
    parts = [model, *graphs, *(node for graph in graphs for node in graph.node)]
    parts += [*model.graph.input, *model.graph.output, *model.graph.initializer]
    parts += list(model.graph.value_info)
    for part in parts:
        part.ClearField('metadata_props')
        part.ClearField('doc_string')
    onnx.save(model, str(path))


def _compare(plan: _Plan, path: Path) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    feed: Mapping[str, np.ndarray] = {n: v.numpy() for n, v in plan.inputs.items()}
    wanted = {i.name for i in session.get_inputs()}
    got = session.run(list(plan.outputs), {n: v for n, v in feed.items() if n in wanted})
    with torch.no_grad():
        expected = plan.module(*plan.inputs.values())
    expected = (expected,) if isinstance(expected, Tensor) else expected
    return max(_relative(a, b.numpy()) for a, b in zip(got, expected))


def _relative(value: np.ndarray, reference: np.ndarray) -> float:
    return float(np.abs(value - reference).max() / (np.abs(reference).max() + 1e-9))
