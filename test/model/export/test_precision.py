"""Half precision leaves alone what would overflow in it; int8 takes the pictures' ranges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
import onnxruntime
import pytest

from efficientsam3_ros.model.export.graph import ExportError
from efficientsam3_ros.model.export.precision import store_halves, to_half, to_int8


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


def convolution(path: Path) -> None:
    """Write a 3x3 convolution of an image, as the image encoder begins."""
    rng = np.random.default_rng(0)
    weight = numpy_helper.from_array(rng.normal(size=(4, 3, 3, 3)).astype(np.float32), 'w')
    node = helper.make_node('Conv', ['image', 'w'], ['level_0'], 'conv', pads=[1, 1, 1, 1])
    ports = [
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s)]
        for n, s in (('image', (1, 3, 8, 8)), ('level_0', (1, 4, 8, 8)))
    ]
    graph = helper.make_graph([node], 'encoder', *ports, [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)])
    model.ir_version = 10
    onnx.save(model, str(path))


def test_int8_follows_the_ranges_of_the_pictures(tmp_path):
    path = tmp_path / 'image_encoder.onnx'
    convolution(path)
    image = np.random.default_rng(1).uniform(-1, 1, (1, 3, 8, 8)).astype(np.float32)
    expected = onnxruntime.InferenceSession(path.read_bytes()).run(None, {'image': image})[0]
    # One at a time: a hundred prepared pictures fill a gigabyte.
    to_int8(path, (image * factor for factor in (0.5, 1.0)))
    operators = {node.op_type for node in onnx.load(str(path)).graph.node}
    assert {'QuantizeLinear', 'DequantizeLinear'} <= operators
    (got,) = onnxruntime.InferenceSession(path.read_bytes()).run(None, {'image': image})
    difference = np.abs(got - expected).max() / np.abs(expected).max()
    assert 0 < difference < 0.03
    assert [file.name for file in tmp_path.iterdir()] == ['image_encoder.onnx']


def test_int8_without_pictures_leaves_the_graph(tmp_path):
    path = tmp_path / 'image_encoder.onnx'
    convolution(path)
    before = path.read_bytes()
    with pytest.raises(ExportError, match=r'needs pictures.*--calibrate'):
        to_int8(path, ())
    assert path.read_bytes() == before


def test_constants_that_fit_are_stored_by_halves_and_nothing_differs(tmp_path):
    rng = np.random.default_rng(0)
    exact = rng.standard_normal((64, 64)).astype(np.float16).astype(np.float32)
    fine, small = rng.standard_normal((2, 64, 64)).astype(np.float32), np.ones(4, np.float32)
    large = np.full((64, 64), 1e6, np.float32)  # beyond float16
    constants = {'exact': exact, 'fine': fine[0], 'large': large, 'small': small}
    path = tmp_path / 'graph.onnx'
    nodes = [
        helper.make_node('MatMul', ['x', 'exact'], ['a']),
        helper.make_node('MatMul', ['a', 'fine'], ['b']),
        helper.make_node('MatMul', ['b', 'large'], ['c']),
        helper.make_node('Add', ['c', 'c'], ['y']),
    ]
    ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [4, 64]) for n in 'xy']
    held = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, 'g', ports[:1], ports[1:], held)
    opset = helper.make_opsetid('', 18)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), path)
    feed = {'x': rng.standard_normal((4, 64)).astype(np.float32)}

    def run():
        session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
        return session.run(None, feed)[0]

    before, size = run(), path.stat().st_size
    store_halves(path)
    assert np.array_equal(run(), before)
    assert size - path.stat().st_size == pytest.approx(64 * 64 * 2, abs=200)
