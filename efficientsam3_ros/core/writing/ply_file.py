"""Colored point clouds on disk: PLY, binary, as MeshLab, CloudCompare and Open3D read it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from efficientsam3_ros.core.writing.atomic import replacing

_VERTEX = np.dtype(
    [
        *((axis, '<f4') for axis in ('x', 'y', 'z')),
        *((color, 'u1') for color in ('red', 'green', 'blue')),
        ('track_id', '<u4'),
    ]
)
_TYPES = {'f4': 'float', 'u1': 'uchar', 'u4': 'uint'}


def write_ply(path: Path, points: np.ndarray, colors: np.ndarray, ids: np.ndarray) -> None:
    """Write a cloud, whole or not at all.

    Args:
        path: New file.
        points: float (N, 3), metres.
        colors: uint8 (N, 3), RGB.
        ids: (N,), track ids, 0 = none; the property ``track_id``, which viewers pass over.

    Raises:
        OSError: If it cannot be written.
    """
    vertices = np.empty(len(points), _VERTEX)
    for index, axis in enumerate(('x', 'y', 'z')):
        vertices[axis] = points[:, index]
    for index, color in enumerate(('red', 'green', 'blue')):
        vertices[color] = colors[:, index]
    vertices['track_id'] = ids
    try:
        with replacing(path) as part:
            part.write_bytes(_header(len(points)) + vertices.tobytes())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _header(count: int) -> bytes:
    types = [(_TYPES[_VERTEX[name].str[1:]], name) for name in _VERTEX.names or ()]
    lines = [
        *('ply', 'format binary_little_endian 1.0', 'comment metres'),
        f'element vertex {count}',
        *(f'property {kind} {name}' for kind, name in types),
        *('end_header', ''),
    ]
    return '\n'.join(lines).encode()
