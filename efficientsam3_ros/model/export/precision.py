"""Half precision and 8-bit integers for exported graphs, and constants stored by halves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import onnx

from efficientsam3_ros.model.export.graph import ExportError

# Besides these, EfficientViT's linear attention stays float32: its sums over a thousand positive
# products leave the range of float16.
_KEPT_FLOAT = ('Resize', 'GridSample', 'TopK', 'LayerNormalization', 'InstanceNormalization')

_WORTH_BYTES = 1024


def to_half(path: Path) -> None:
    """Convert a graph to float16 in place; its inputs and outputs stay float32.

    Raises:
        ExportError: If the converter is missing or fails.
    """
    try:
        from onnxruntime.transformers.float16 import (
            DEFAULT_OP_BLOCK_LIST,
            convert_float_to_float16,
        )
    except ImportError as error:
        raise ExportError(f'fp16 needs the converter of onnxruntime ({error}).') from error
    model = onnx.load(str(path))
    try:
        half = convert_float_to_float16(
            model,
            keep_io_types=True,
            op_block_list=[*DEFAULT_OP_BLOCK_LIST, *_KEPT_FLOAT],
            node_block_list=_linear_attention(model),
        )
    except Exception as error:  # the converter has no error class of its own
        raise ExportError(f'{path.name} cannot be converted to fp16: {error}') from error
    _join(half)
    onnx.save(half, str(path))


def store_halves(path: Path) -> None:
    """Store constants that float16 holds exactly as float16; the graph computes as before.

    Engines turn them back while they load. Weights that were rounded before the export thus take
    half of the file, and nothing differs.
    """
    model = onnx.load(str(path))
    casts = []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.nbytes < _WORTH_BYTES:
            continue
        with np.errstate(over='ignore'):
            half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(half, f'{name}_half'))
        casts.append(
            onnx.helper.make_node(
                'Cast', [f'{name}_half'], [name], f'{name}_cast', to=onnx.TensorProto.FLOAT
            )
        )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _linear_attention(model: onnx.ModelProto) -> list[str]:
    """Names of divisions of two cuts of one matrix product, of the cuts and of the products."""
    source = {output: node for node in model.graph.node for output in node.output}
    found: set[str] = set()
    for division in model.graph.node:
        if division.op_type != 'Div':
            continue
        between, products = _back_to_products([source.get(i) for i in division.input], source)
        if len(products) == 1 and between:
            inner = [source[i] for i in products[0].input if i in source]
            products += [node for node in inner if node.op_type == 'MatMul']
            found |= {node.name for node in (division, *between, *products)}
    return sorted(found)


def _back_to_products(
    nodes: list[onnx.NodeProto | None], source: dict[str, onnx.NodeProto]
) -> tuple[list[onnx.NodeProto], list[onnx.NodeProto]]:
    """Walk back over cuts and additions; return what was passed, and the products behind it."""
    between: list[onnx.NodeProto] = []
    products: dict[str, onnx.NodeProto] = {}
    for node in nodes:
        while node is not None and node.op_type in ('Slice', 'Split', 'Gather', 'Add'):
            between.append(node)
            node = source.get(node.input[0])
        if node is not None and node.op_type == 'MatMul':
            products[node.name] = node
    return between, list(products.values())


def _join(model: onnx.ModelProto) -> None:
    """Hand float32 values on as they are where the converter rounds them in between.

    It narrows every result and widens it again, even between two nodes that both stay float32,
    which would lose just what they are kept for.
    """
    source = {output: node for node in model.graph.node for output in node.output}
    renamed: dict[str, str] = {}
    for wide in (node for node in model.graph.node if _casts_to(node, onnx.TensorProto.FLOAT)):
        narrow = source.get(wide.input[0])
        if narrow is not None and _casts_to(narrow, onnx.TensorProto.FLOAT16):
            # A graph's own input is narrowed on purpose, and harmless to join as well.
            renamed[wide.output[0]] = narrow.input[0]
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = renamed.get(name, name)


def _casts_to(node: onnx.NodeProto, kind: int) -> bool:
    return node.op_type == 'Cast' and node.attribute[0].i == kind


def to_int8(path: Path, images: Iterable[np.ndarray]) -> None:
    """Quantise an image encoder in place, with the ranges that the images produce.

    Activations of convolutions and matrix products become 8-bit and weights 7-bit
    (quantise-dequantise pairs, which ONNX Runtime, OpenVINO and TensorRT all understand).

    Args:
        path: Graph with one input ``image``.
        images: Prepared images float32 (1, 3, H, W).

    Raises:
        ExportError: If there is no image.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    class Reader(CalibrationDataReader):
        """Hands the images to the quantiser."""

        def __init__(self, feeds: Iterator[dict[str, np.ndarray]]) -> None:
            self.feeds = feeds

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.feeds, None)

    feeds = ({'image': image} for image in images)
    first = next(feeds, None)
    if first is None:
        raise ExportError(
            'int8 needs pictures to calibrate with; name a folder of about 100 that look like '
            "the robot's camera (--calibrate FOLDER)."
        )
    source = path.with_suffix('.float.onnx')
    path.replace(source)
    try:
        quantize_static(
            str(source),
            str(path),
            Reader(chain([first], feeds)),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            op_types_to_quantize=['Conv', 'MatMul', 'Gemm'],
            # On x86 CPUs without VNNI, ONNX Runtime adds two products of 8 bits in 16, which
            # overflows with 8-bit weights: a fifth of the output's range was measured.
            reduce_range=True,
        )
    finally:
        source.unlink()
