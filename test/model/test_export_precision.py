"""Half precision leaves alone what would overflow in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
import onnxruntime

from efficientsam3_ros.model.export_precision import to_half


def linear_attention(path: Path) -> None:
    """Write (x w)[..., :2] / (x w)[..., 2:], the end of a linear attention."""
    numbers = {'low': [0], 'middle': [2], 'high': [3], 'axis': [2]}
    constants = [numpy_helper.from_array(np.array(v, np.int64), n) for n, v in numbers.items()]
    weights = numpy_helper.from_array(np.full((1, 8, 3), 300, np.float32), 'w')
    nodes = [
        helper.make_node('MatMul', ['x', 'w'], ['product'], 'product'),
        helper.make_node('Slice', ['product', 'low', 'middle', 'axis'], ['over'], 'over'),
        helper.make_node('Slice', ['product', 'middle', 'high', 'axis'], ['under'], 'under'),
        helper.make_node('Div', ['over', 'under'], ['y'], 'ratio'),
    ]
    ports = [
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s)]
        for n, s in (('x', (1, 4, 8)), ('y', (1, 4, 2)))
    ]
    graph = helper.make_graph(nodes, 'attention', *ports, [*constants, weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)])
    model.ir_version = 10
    onnx.save(model, str(path))


def test_sums_beyond_the_range_of_half_precision_stay_right(tmp_path):
    path = tmp_path / 'graph.onnx'
    linear_attention(path)
    to_half(path)
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    # 8 x 300 x 300 is eleven times the largest float16.
    (ratio,) = session.run(None, {'x': np.full((1, 4, 8), 300, np.float32)})
    assert ratio.dtype == np.float32
    np.testing.assert_allclose(ratio, 1.0, atol=1e-3)
