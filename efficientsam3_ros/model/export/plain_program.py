"""Exported programs without a second trace: half of the time that an export takes.

torch's exporter to ONNX traces a program again to break up operators that ONNX has no form for.
Few of ours are of that kind, and they are replaced here one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.fx import Graph, Node

from efficientsam3_ros.model.export.plain_operators import REPLACED, itself, open_full_precision

Table = Mapping[Any, Any]
aten = torch.ops.aten


def export_plain(module: nn.Module, inputs: tuple[Tensor, ...], shapes: Any) -> ExportedProgram:
    """Export a module so that it is decomposed only where that is needed.

    Args:
        module: In eval mode.
        inputs: Example inputs, in the order of ``forward``.
        shapes: Free axes of each input, as ``torch.export`` takes them.
    """
    with _out_of_place(module):
        program = torch.export.export(module, inputs, dynamic_shapes=shapes)
    # torch.onnx.export calls it with all operators that ONNX has no form for.
    program.run_decompositions = partial(_decomposed, program)
    return program


@contextmanager
def _out_of_place(module: nn.Module) -> Iterator[None]:
    """Let activations return a new tensor: a change in place has to be traced a second time."""
    parts: list[Any] = [p for p in module.modules() if getattr(p, 'inplace', False) is True]
    for part in parts:
        part.inplace = False
    try:
        yield
    finally:
        for part in parts:
            part.inplace = True


def _decomposed(program: ExportedProgram, table: Table) -> ExportedProgram:
    open_full_precision(program.graph_module)
    _replace(program)
    if any(_is_left(node, table) for node in program.graph.nodes):
        return ExportedProgram.run_decompositions(program, dict(table))
    return program


def _is_left(node: Node, table: Table) -> bool:
    """Tell whether only torch can break up an operator, or take a change in place apart."""
    if isinstance(node.target, torch._ops.HigherOrderOperator):
        return True
    # By the statistics of its own batch: not in the table, and yet without a form in ONNX.
    if node.target is aten.batch_norm.default:
        return True
    schema = getattr(node.target, '_schema', None)
    return node.target in table or (schema is not None and schema.is_mutable)


def _replace(program: ExportedProgram) -> None:
    graph = program.graph
    sizes = _Sizes(graph)
    for node in list(graph.nodes):
        with graph.inserting_before(node):
            if node.target in _RESHAPED:
                new = _reshape(graph, node, sizes)
            else:
                new = REPLACED.get(node.target, itself)(graph, node)
        if new is node:
            continue
        if new is not node.args[0]:
            new.meta = dict(node.meta)
        node.replace_all_uses_with(new)
        program.graph_signature.replace_all_uses(node.name, new.name)
        graph.erase_node(node)


class _Sizes:
    """Sizes of free axes as the graph's inputs have them, read once."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._made = graph, dict[str, Node]()
        self._first = next(node for node in graph.nodes if node.op != 'placeholder')
        self._places: dict[str, tuple[Node, int]] = {}
        for node in graph.find_nodes(op='placeholder'):
            for axis, size in enumerate(getattr(node.meta.get('val'), 'shape', ())):
                self._places.setdefault(str(size), (node, axis))

    def __contains__(self, size: str) -> bool:
        return size in self._places

    def __getitem__(self, size: str) -> Node:
        if size not in self._made:
            node, axis = self._places[size]
            with self._graph.inserting_before(self._first):
                made = self._graph.call_function(aten.sym_size.int, (node, axis))
            made.meta = dict(self._first.meta) | {'val': node.meta['val'].shape[axis]}
            self._made[size] = made
        return self._made[size]


def _reshape(graph: Graph, node: Node, sizes: _Sizes) -> Node:
    """Say the new shape in numbers, so that ONNX need not compute it from the old one."""
    shape = [str(size) for size in node.meta['val'].shape]
    free = [size for size in shape if not size.isdecimal()]
    # One number may be left to be found out.
    unsaid = free if len(free) == 1 else [size for size in free if size not in sizes]
    if len(unsaid) > 1:
        return node
    numbers = [
        int(size) if size.isdecimal() else -1 if size in unsaid else sizes[size] for size in shape
    ]
    return graph.call_function(aten.reshape.default, (node.args[0], numbers))


_RESHAPED = (aten.flatten.using_ints, aten.unflatten.int)
