"""Half precision and 8-bit integers for exported graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import onnx

from efficientsam3_ros.model.export_graph import ExportError

# A sum over a thousand positive products leaves the range of float16 in EfficientViT's linear
# attention; normalisations lose too many digits.
_ATTENTION_SUM = ('Div',)
_KEPT_FLOAT = ('Resize', 'GridSample', 'TopK', 'LayerNormalization', 'InstanceNormalization')


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
    onnx.save(half, str(path))


def _linear_attention(model: onnx.ModelProto) -> list[str]:
    """Names of divisions whose numerator is cut out of a matrix product, and of the products."""
    source = {output: node for node in model.graph.node for output in node.output}
    found: set[str] = set()
    for node in model.graph.node:
        if node.op_type not in _ATTENTION_SUM:
            continue
        cut = source.get(node.input[0])
        product = source.get(cut.input[0]) if cut is not None and cut.input else None
        if cut is None or product is None:
            continue
        if cut.op_type in ('Slice', 'Split', 'Gather') and product.op_type == 'MatMul':
            inner = [source[i] for i in product.input if i in source]
            products = [n for n in inner if n.op_type == 'MatMul']
            found |= {n.name for n in (node, cut, product, *products)}
    return sorted(found)


def to_int8(path: Path, images: Iterable[np.ndarray]) -> None:
    """Quantise an image encoder in place, with the ranges that the images produce.

    Weights and activations of convolutions and matrix products become 8-bit (quantise-dequantise
    pairs, which ONNX Runtime, OpenVINO and TensorRT all understand).

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

    prepared = [{'image': image} for image in images]
    if not prepared:
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
            Reader(iter(prepared)),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            op_types_to_quantize=['Conv', 'MatMul', 'Gemm'],
        )
    finally:
        source.unlink()
