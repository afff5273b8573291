"""The node's topics as the input of adapters."""

from __future__ import annotations

from typing import Any

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.scene3d import OrganizedCloud, camera_from_info

_KINDS = {'x': (7, 'f4'), 'y': (7, 'f4'), 'z': (7, 'f4'), 'rgb': (7, 'u4'), 'label': (6, 'u4')}


def cloud_from_topics(points: Any, info: Any) -> OrganizedCloud:
    """Read ``~/objects_points`` and ``~/camera_info`` of the objects node.

    The two hold all that adapters need: depth, color, labels and K. Neither ROS nor its messages
    are imported; messages of rclpy, of rosbags and of this package's bags are all read.

    Args:
        points: ``sensor_msgs/PointCloud2``, organised, in the camera's optical frame.
        info: ``sensor_msgs/CameraInfo`` of the same stamp.

    Returns:
        The cloud; ``camera`` is that of ``info``.

    Raises:
        AdapterError: If the cloud is not organised, lacks a field, or differs from ``info`` in
            size, frame or stamp.
        SceneError: If the camera is not calibrated.
    """
    _check_pair(points, info)
    table = _table(points)
    places = np.stack([table[axis] for axis in 'xyz'], axis=-1).astype(np.float32)
    bits = table['rgb'].astype(np.uint32)
    rgb = np.stack([bits >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)
    camera = camera_from_info((info.height, info.width), info.k, info.d, info.distortion_model)
    return OrganizedCloud(places, rgb, table['label'].astype(np.uint32), camera)


def _check_pair(points: Any, info: Any) -> None:
    if points.height < 2:
        raise AdapterError(
            f'The cloud is a list of {points.width} points, not organised by pixels; subscribe '
            'to ~/objects_points, not to ~/target_points.'
        )
    if (points.height, points.width) != (info.height, info.width):
        raise AdapterError(
            f'The cloud is {points.width}x{points.height}, its camera '
            f"{info.width}x{info.height}; take the objects node's own ~/camera_info."
        )
    one, other = points.header, info.header
    if one.frame_id != other.frame_id:
        raise AdapterError(
            f'The cloud is in "{one.frame_id}", its camera in "{other.frame_id}"; leave the '
            'parameter output_frame empty, so that points stay in the optical frame.'
        )
    stamps = [(h.stamp.sec, h.stamp.nanosec) for h in (one, other)]
    if stamps[0] != stamps[1]:
        raise AdapterError(
            f'The cloud is of {stamps[0][0]}.{stamps[0][1]:09}, the camera of '
            f'{stamps[1][0]}.{stamps[1][1]:09}; pair the two topics by equal stamps.'
        )


def _table(points: Any) -> np.ndarray:
    fields = {field.name: field for field in points.fields}
    lacking = [
        name
        for name, (kind, _) in _KINDS.items()
        if name not in fields or fields[name].datatype != kind
    ]
    if lacking:
        raise AdapterError(
            f'The cloud has no field {", ".join(lacking)} of the type that ~/objects_points has; '
            f'its fields are {", ".join(fields)}.'
        )
    order = '>' if points.is_bigendian else '<'
    point = np.dtype(
        {
            'names': list(_KINDS),
            'formats': [order + form for _, form in _KINDS.values()],
            'offsets': [fields[name].offset for name in _KINDS],
            'itemsize': points.point_step,
        }
    )
    data = np.frombuffer(points.data, np.uint8)
    if data.size != points.height * points.row_step:
        raise AdapterError(
            f'The cloud holds {data.size} bytes, its size asks for '
            f'{points.height * points.row_step}; the message is damaged.'
        )
    rows = data.reshape(points.height, points.row_step)[:, : points.width * points.point_step]
    return np.ascontiguousarray(rows).view(point).reshape(points.height, points.width)
