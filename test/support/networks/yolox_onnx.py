"""A file with the convolutions of a YOLOX trunk, as its authors' exporter writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk

Convolution = tuple[np.ndarray, np.ndarray]


def random_convolutions(trunk: YoloxTrunk, seed: int) -> list[Convolution]:
    """Return weights and biases of the source's shapes, in the order of its graph."""
    rng = np.random.default_rng(seed)
    shapes = [m.weight.shape for m in trunk.modules() if isinstance(m, nn.Conv2d)]
    sources = [(shapes[0][0], 12, 3, 3), *shapes[1:]]
    return [
        (rng.normal(size=s).astype(np.float32), rng.normal(size=s[0]).astype(np.float32))
        for s in sources
    ]


def write_convolutions(path: Path, convolutions: list[Convolution]) -> Path:
    """Write a file that holds them; it cannot be run."""
    nodes, stored = [], []
    # Stored in another order than they are called, as a file may do.
    for number, (weight, bias) in reversed(list(enumerate(convolutions))):
        stored += [
            numpy_helper.from_array(weight, f'w{number}'),
            numpy_helper.from_array(bias, f'b{number}'),
        ]
        nodes.insert(
            0, helper.make_node('Conv', ['x', f'w{number}', f'b{number}'], [f'y{number}'])
        )
    port = helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 3, 8, 8])
    graph = helper.make_graph(nodes, 'yolox', [port], [], stored)
    onnx.save(helper.make_model(graph), str(path))
    return path
