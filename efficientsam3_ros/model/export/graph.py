"""One torch module as one ONNX graph, checked against torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from efficientsam3_ros.install_hint import install_hint
from efficientsam3_ros.model.export.plain_program import export_plain

OPSET = 18
_PER_QUERY = ('scores', 'boxes', 'mask_logits', 'embeddings')


class ExportError(RuntimeError):
    """An export that must not be used; the message says what went wrong."""


@dataclass(frozen=True)
class GraphPlan:
    """How a module becomes a graph.

    Attributes:
        module: In eval mode, on the CPU.
        inputs: Example inputs by name, in the order of ``forward``; free axes larger than 1.
        outputs: Output names.
        dynamic: Input name to its free axes: axis number to the axis' name.
        ranked: Whether queries are ordered by score, so that rounding may swap near equals.
    """

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]
    dynamic: Mapping[str, Mapping[int, str]]
    ranked: bool = False


def write_graph(
    plan: GraphPlan, path: Path, bounds: Mapping[str, int], simplify: bool = True
) -> None:
    """Export with the weights inside the file, simplify and check it.

    Args:
        plan: What to export.
        path: ``.onnx`` file.
        bounds: Largest size of each free axis by its name.
        simplify: Fold constants and drop what does nothing (onnxslim).

    Raises:
        ExportError: If torch cannot express the module as a graph.
    """
    dimensions = sorted({axis for axes in plan.dynamic.values() for axis in axes.values()})
    symbols = {axis: torch.export.Dim(axis, min=1, max=bounds[axis]) for axis in dimensions}
    shapes = tuple(
        {axis: symbols[symbol] for axis, symbol in plan.dynamic.get(name, {}).items()} or None
        for name in plan.inputs
    )
    try:
        with torch.no_grad():  # a fifth quicker than with gradients to trace
            torch.onnx.export(
                export_plain(plan.module, tuple(plan.inputs.values()), shapes),
                (),
                str(path),
                input_names=list(plan.inputs),
                output_names=list(plan.outputs),
                dynamic_shapes=shapes,
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    except Exception as error:  # torch.export raises many unrelated kinds
        raise ExportError(f'{path.stem} cannot be exported: {error}') from error
    model = onnx.load(str(path))
    if simplify:
        model = _simplified(model, path.stem)
    _strip_traces(model)
    onnx.save(model, str(path))
    onnx.checker.check_model(str(path))


def difference(plan: GraphPlan, path: Path) -> float:
    """Return the largest relative difference between ONNX Runtime and torch over all outputs.

    Args:
        plan: The module and its example inputs.
        path: The exported file.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    feed = {name: value.numpy() for name, value in plan.inputs.items()}
    wanted = {item.name for item in session.get_inputs()}
    got = session.run(list(plan.outputs), {n: v for n, v in feed.items() if n in wanted})
    return difference_to_torch(plan, got)


def difference_to_torch(plan: GraphPlan, got: Sequence[np.ndarray]) -> float:
    """Return the largest relative difference of an engine's outputs to torch's.

    Args:
        plan: The module and its example inputs.
        got: What an engine made of the same inputs, in the order of ``plan.outputs``.
    """
    with torch.inference_mode():
        expected = plan.module(*plan.inputs.values())
    expected = (expected,) if isinstance(expected, Tensor) else expected
    pairs = [(a, b.numpy()) for a, b in zip(got, expected)]
    if plan.ranked:
        pairs = aligned(pairs, plan.outputs)
    return max(float(np.abs(a - b).max() / (np.abs(b).max() + 1e-9)) for a, b in pairs)


def aligned(
    pairs: list[tuple[np.ndarray, np.ndarray]], names: tuple[str, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Order the rows of two detectors' outputs alike.

    Rounding decides between nearly equal scores, so the same query may stand in another row.

    Args:
        pairs: Output and reference, in the order of ``names``.
        names: Output names; ``embeddings`` tell which rows belong together.
    """
    keys, references = pairs[names.index('embeddings')]
    # Squared distances: near 1 a cosine no longer tells two look-alikes apart.
    distances = ((keys[:, :, None] - references[:, None]) ** 2).sum(-1)
    rows = distances.argmin(-1)
    ordered = []
    for name, (got, expected) in zip(names, pairs):
        if name in _PER_QUERY:
            expected = np.stack([reference[row] for reference, row in zip(expected, rows)])
        ordered.append((got, expected))
    return ordered


def _simplified(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    try:
        import onnxslim
    except ImportError as error:
        raise ExportError(
            f'Simplifying needs onnxslim: {install_hint("export")}. Or export without it '
            '(--no-simplify).'
        ) from error
    try:
        slim: onnx.ModelProto = onnxslim.slim(model)
    except Exception as error:  # onnxslim has no base class of its errors
        raise ExportError(f'{name} cannot be simplified: {error}') from error
    return slim


def _strip_traces(model: onnx.ModelProto) -> None:
    """Drop the exporter's stack traces: they name files of the exporting machine."""
    graphs = [model.graph, *model.functions]
    parts = [model, *graphs, *(node for graph in graphs for node in graph.node)]
    parts += [*model.graph.input, *model.graph.output, *model.graph.initializer]
    parts += list(model.graph.value_info)
    for part in parts:
        part.ClearField('metadata_props')
        part.ClearField('doc_string')
