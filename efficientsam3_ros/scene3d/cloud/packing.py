"""Points as the bytes of a ``sensor_msgs/PointCloud2``, without ROS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.errors import SceneError

FLOAT32, UINT32 = 7, 6
"""Numbers of the types in ``sensor_msgs/PointField``."""
# The color's bits travel in a float, as the Point Cloud Library and RViz expect.
_FIELDS = {'x': FLOAT32, 'y': FLOAT32, 'z': FLOAT32, 'rgb': FLOAT32, 'label': UINT32}
_POINT = np.dtype([('x', '<f4'), ('y', '<f4'), ('z', '<f4'), ('rgb', '<u4'), ('label', '<u4')])
_BYTES = 4  # of each


@dataclass(frozen=True)
class PackedField:
    """As ``sensor_msgs/PointField``: name, offset in bytes, type, elements."""

    name: str
    offset: int
    datatype: int
    count: int = 1


@dataclass(frozen=True)
class PackedCloud:
    """As ``sensor_msgs/PointCloud2``, but for the header.

    Attributes:
        height: Rows of an organised cloud; 1 for a list.
        width: Points a row.
        fields: x, y, z (metres), rgb (0x00RRGGBB as the bits of a float), label.
        point_step: Bytes of a point.
        row_step: Bytes of a row.
        data: The points, little-endian.
        is_dense: Whether all points are finite.
        is_bigendian: Always False.
    """

    height: int
    width: int
    fields: tuple[PackedField, ...]
    point_step: int
    row_step: int
    data: bytes
    is_dense: bool
    is_bigendian: bool = False


def pack_cloud(points: np.ndarray, rgb: np.ndarray, labels: np.ndarray) -> PackedCloud:
    """Pack an organised cloud or a list of points.

    Args:
        points: float (H, W, 3) or (N, 3), metres, NaN where nothing was measured.
        rgb: uint8, of the same shape.
        labels: Whole numbers below 2**32, (H, W) or (N,).

    Raises:
        SceneError: If the shapes differ.
    """
    if points.ndim not in (2, 3) or rgb.shape != points.shape or labels.shape != points.shape[:-1]:
        raise SceneError(
            f'Points {points.shape}, colors {rgb.shape} and labels {labels.shape} do not belong '
            'together; each point needs one of each.'
        )
    height, width = labels.shape if points.ndim == 3 else (1, len(points))
    table = np.empty((height, width), _POINT)
    for index, axis in enumerate('xyz'):
        table[axis] = points[..., index]
    red, green, blue = np.moveaxis(rgb.astype(np.uint32), -1, 0)
    table['rgb'] = red << 16 | green << 8 | blue
    table['label'] = labels
    fields = tuple(
        PackedField(name, _BYTES * index, kind)
        for index, (name, kind) in enumerate(_FIELDS.items())
    )
    step = _POINT.itemsize
    dense = bool(np.isfinite(points).all())
    return PackedCloud(height, width, fields, step, step * width, table.tobytes(), dense)
