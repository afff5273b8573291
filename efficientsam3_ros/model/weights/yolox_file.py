"""Weights of YOLOX from the ONNX file that its authors' exporter writes.

Normalisations are folded into convolutions there, and most initializers have no names. So they are
paired with the modules in the order of the graph's nodes, which is that of the calls.
"""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import numpy_helper
import torch
from torch import Tensor, nn

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.model.image.yolox.backbone import STEM_KERNEL
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.weights.errors import WeightsError

REMEDY = "take yolox_nano.onnx of YOLOX's releases"


def load_yolox(trunk: YoloxTrunk, path: Path) -> None:
    """Fill a trunk, its prediction layers included.

    Args:
        trunk: The trunk.
        path: The file, for pictures in BGR from 0 to 255.

    Raises:
        WeightsError: If the file is missing or damaged, or holds another network.
    """
    slots = [m for m in trunk.modules() if isinstance(m, nn.Conv2d)]
    found = read_convolutions(path)
    if len(found) != len(slots):
        raise WeightsError(
            f'{path} holds {len(found)} convolutions with weight and bias, YOLOX-nano has '
            f'{len(slots)}; {REMEDY}.'
        )
    pairs = list(zip(slots, found))
    for number, (slot, (weight, bias)) in enumerate(pairs):
        wanted = _source_shape(slot)
        if tuple(weight.shape) != wanted or bias.shape != weight.shape[:1]:
            raise WeightsError(
                f'{path} is no YOLOX-nano: its convolution {number} has weights '
                f'{tuple(weight.shape)}, not {wanted}; {REMEDY}.'
            )
    with torch.no_grad():
        for slot, (weight, bias) in pairs:
            assert slot.bias is not None
            slot.weight.copy_(stem_weight(weight) if weight.shape != slot.weight.shape else weight)
            slot.bias.copy_(bias)


def read_convolutions(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Return weight and bias of every convolution in the order of the graph.

    Raises:
        WeightsError: If the file is missing, no ONNX file, or a convolution lacks one of them.
    """
    if not path.is_file():
        raise WeightsError(f'{path} does not exist; {REMEDY}.')
    try:
        graph = onnx.load(str(path)).graph
    except Exception as error:  # protobuf's errors have no common type
        raise WeightsError(f'{path} is not an ONNX file ({one_line(error)}); {REMEDY}.') from error
    stored = {item.name: item for item in graph.initializer}
    found = []
    for node in graph.node:
        if node.op_type != 'Conv':
            continue
        names = list(node.input[1:])
        if len(names) != 2 or not all(name in stored for name in names):
            raise WeightsError(f'{path}: a convolution has no stored weight and bias; {REMEDY}.')
        weight, bias = (torch.from_numpy(numpy_helper.to_array(stored[n]).copy()) for n in names)
        found.append((weight, bias))
    return found


def stem_weight(stacked: Tensor) -> Tensor:
    """Turn the source's stem into one on pixels.

    The source stacks each 2x2 pixels (upper left, lower left, upper right, lower right, each B, G,
    R) to one with 12 channels, before a 3x3 convolution of stride 1.

    Args:
        stacked: (C, 12, 3, 3).

    Returns:
        (C, 3, 6, 6) for RGB and stride 2.
    """
    # (C, right, lower, BGR, row, column) -> (C, RGB, row, lower, column, right)
    split = stacked.unflatten(1, (2, 2, 3)).flip(3)
    return split.permute(0, 3, 4, 2, 5, 1).flatten(4, 5).flatten(2, 3)


def _source_shape(slot: nn.Conv2d) -> tuple[int, ...]:
    width, source, rows, columns = slot.weight.shape
    if rows == STEM_KERNEL:
        return width, 4 * source, rows // 2, columns // 2
    return width, source, rows, columns
