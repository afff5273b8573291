"""Operators that ONNX has no form for, and the same in others that it has one for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import operator
from typing import Any

import torch
from torch.fx import Graph, GraphModule, Node

aten = torch.ops.aten


def open_full_precision(module: GraphModule) -> None:
    """Put the nodes of regions that are kept from autocasting where the regions stood.

    timm keeps sums of attention from it. A graph of one precision has no such regions.

    Args:
        module: Changed in place.
    """
    graph = module.graph
    region = torch.ops.higher_order.wrap_with_autocast
    for node in graph.find_nodes(op='call_function', target=region):
        parts: Any = node.args
        _, _, enabled, _, inner, *operands = parts
        part = getattr(module, inner.target)
        if enabled or part.graph.find_nodes(op='get_attr'):
            continue
        places = part.graph.find_nodes(op='placeholder')
        with graph.inserting_before(node):
            made: Any = graph.graph_copy(part.graph, dict(zip(places, operands)))
        for user in list(node.users):  # each reads one result
            user.replace_all_uses_with(made[user.args[1]])
            graph.erase_node(user)
        graph.erase_node(node)
        graph.erase_node(inner)
        module.delete_submodule(inner.target)


def itself(graph: Graph, node: Node) -> Node:
    """Leave a node as it is."""
    return node


def _nothing(graph: Graph, node: Node) -> Node:
    return node.args[0]  # type: ignore[return-value]


def _subtract(graph: Graph, node: Node) -> Node:
    tensor, number = node.args
    return graph.call_function(aten.sub.Tensor, (number, tensor))


def _square(graph: Graph, node: Node) -> Node:
    return graph.call_function(aten.pow.Tensor_Scalar, (node.args[0], 2))


def _cast(graph: Graph, node: Node) -> Node:
    return graph.call_function(aten._to_copy.default, node.args[:1], {'dtype': node.args[1]})


def _convolve(graph: Graph, node: Node) -> Node:
    names = ('bias', 'stride', 'padding', 'output_padding', 'groups', 'dilation')
    given: dict[str, Any] = dict(zip(names, (None, [1, 1], [0, 0], [0, 0], 1, [1, 1])))
    given |= dict(zip(names, node.args[2:]))
    given |= node.kwargs
    values = (given[name] for name in ('bias', 'stride', 'padding', 'dilation'))
    last = given['output_padding'], given['groups']
    return graph.call_function(aten.convolution.default, (*node.args[:2], *values, True, *last))


def _normalize(graph: Graph, node: Node) -> Node:
    given = dict(zip(('training', 'momentum', 'eps'), node.args[5:])) | node.kwargs
    if given['training']:
        return node
    parts = (*node.args[:5], given['momentum'], given['eps'])
    normal = graph.call_function(aten._native_batch_norm_legit_no_training.default, parts)
    # Its statistics, which nobody reads, are of the form of the result as far as anybody asks.
    normal.meta = dict(node.meta) | {'val': (node.meta['val'],) * 3}
    return graph.call_function(operator.getitem, (normal, 0))


def _add(graph: Graph, node: Node) -> Node:
    """Make a new tensor where nothing else reads the one that is added to."""
    changed: Any = node.args[0]
    schema = getattr(changed.target, '_schema', None)
    if schema is None or changed.op != 'call_function' or len(changed.users) > 1:
        return node
    if any(result.alias_info is not None for result in schema.returns):
        return node
    return graph.call_function(aten.add.Tensor, node.args, node.kwargs)


REPLACED: Mapping[Any, Callable[[Graph, Node], Node]] = {
    # Nothing in eval mode and without gradients.
    aten.dropout.default: _nothing,
    aten.detach_.default: _nothing,
    aten.rsub.Scalar: _subtract,
    aten.square.default: _square,
    aten.to.dtype: _cast,
    aten.conv_transpose2d.input: _convolve,
    aten.batch_norm.default: _normalize,
    aten.add_.Tensor: _add,
}
"""What makes a node that ONNX has a form for of one that it has none for, by operator."""
