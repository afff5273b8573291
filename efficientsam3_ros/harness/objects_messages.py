"""Reading what the objects node publishes: clouds and boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from efficientsam3_ros.scene3d import OrientedBox


def boxes_of_detections(message: Any) -> dict[int, OrientedBox]:
    """Return the boxes of a ``vision_msgs/Detection3DArray`` by track id."""
    return {int(item.id): _box(item.bbox.center, item.bbox.size) for item in message.detections}


def boxes_of_markers(message: Any) -> dict[int, OrientedBox]:
    """Return the boxes of a ``visualization_msgs/MarkerArray`` by track id."""
    return {
        item.id: _box(item.pose, item.scale)
        for item in message.markers
        if item.type == item.CUBE and item.action == item.ADD
    }


def read_points(message: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points, labels and colors of our clouds, one row a point.

    Returns:
        float32 (N, 3), metres, NaN at holes; uint32 (N,); uint32 (N,), 0x00RRGGBB.
    """
    values = np.frombuffer(message.data, np.uint8).reshape(-1, message.point_step)
    offset = {item.name: item.offset for item in message.fields}
    at = offset['x']
    points = np.ascontiguousarray(values[:, at : at + 12]).view('<f4')
    labels, colors = (
        np.ascontiguousarray(values[:, offset[name] : offset[name] + 4]).view('<u4').ravel()
        for name in ('label', 'rgb')
    )
    return points, labels, colors


def middles_of(points: np.ndarray, labels: np.ndarray) -> dict[int, np.ndarray]:
    """Return label to the mean of its finite points, float64 (3,); 0 is left out."""
    good = (labels > 0) & np.isfinite(points[:, 2])
    points, labels = points[good], labels[good]
    numbers, owners, counts = np.unique(labels, return_inverse=True, return_counts=True)
    sums = [np.bincount(owners, points[:, axis], len(numbers)) for axis in range(3)]
    means = np.stack(sums, axis=1) / np.maximum(counts, 1)[:, None]
    return dict(zip(numbers.tolist(), means))


def unpacked(colors: np.ndarray) -> np.ndarray:
    """Return colors 0x00RRGGBB, uint32 (H, W), as uint8 (H, W, 3)."""
    return np.stack([colors >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(np.uint8)


def _box(pose: Any, size: Any) -> OrientedBox:
    """Return a box from a pose and a vector of sizes, as both kinds of messages have them."""
    turn, place = pose.orientation, pose.position
    x, y, z, w = np.array([turn.x, turn.y, turn.z, turn.w])
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    center = np.array([place.x, place.y, place.z])
    return OrientedBox(center, rotation, np.array([size.x, size.y, size.z]))
