"""ONNX files that copy their inputs, written without the onnx package.

Field numbers are those of the public ``onnx.proto``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Manifest, Preprocess
from efficientsam3_ros.core.manifest import Graph, file_sha256

FLOAT, INT64 = 1, 7
Shape = tuple['int | str', ...]

GRAPHS: dict[str, dict[str, tuple[str, int, Shape]]] = {
    'image_encoder': {'image': ('level_0', FLOAT, (1, 3, 4, 6))},
    'text_encoder': {'token_ids': ('text_tokens', INT64, ('K', 4))},
    'detector': {
        'level_0': ('scores', FLOAT, (1, 3, 4, 6)),
        'prompt_tokens': ('mask_logits', FLOAT, ('K', 'L', 8)),
    },
}


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, body: bytes | str) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _value(name: str, kind: int, shape: Shape) -> bytes:
    dims = b''.join(
        _message(1, _number(1, dim) if isinstance(dim, int) else _message(2, dim)) for dim in shape
    )
    return _message(1, name) + _message(2, _message(1, _number(1, kind) + _message(2, dims)))


def copying_model(wires: dict[str, tuple[str, int, Shape]], title: str = 'copy') -> bytes:
    """Return a model that copies each input to an output (name, element type, shape)."""
    graph = _message(2, title)
    for source, (target, kind, shape) in wires.items():
        node = _message(1, source) + _message(2, target) + _message(4, 'Identity')
        graph += _message(1, node)
        graph += _message(11, _value(source, kind, shape))
        graph += _message(12, _value(target, kind, shape))
    return _number(1, 8) + _message(7, graph) + _message(8, _number(2, 13))


def write_tiny_bundle(folder: Path) -> Path:
    """Write a bundle whose graphs load and run, but mean nothing."""
    graphs = {}
    for name, wires in GRAPHS.items():
        path = folder / f'{name}.onnx'
        path.write_bytes(copying_model(wires))
        outputs = tuple(target for target, _, _ in wires.values())
        graphs[name] = Graph(path.name, file_sha256(path), tuple(wires), outputs)
    Manifest(
        name='tiny',
        preprocess=Preprocess(4, 6),
        words=('mug',),
        context=4,
        width=8,
        threshold=0.5,
        license='Apache-2.0',
        graphs=graphs,
    ).save(folder)
    return folder


def constant_model(entry: tuple[str, Shape], result: tuple[str, np.ndarray]) -> bytes:
    """Return a model that takes float32 of a shape and always gives the same float32 array."""
    name, values = result
    dims = b''.join(_number(1, size) for size in values.shape)
    tensor = dims + _number(2, FLOAT) + _message(8, 'values')
    tensor += _message(9, values.astype('<f4').tobytes())
    graph = _message(1, _message(1, 'values') + _message(2, name) + _message(4, 'Identity'))
    graph += _message(2, 'constant') + _message(5, tensor)
    graph += _message(11, _value(entry[0], FLOAT, entry[1]))
    graph += _message(12, _value(name, FLOAT, values.shape))
    return _number(1, 8) + _message(7, graph) + _message(8, _number(2, 13))
