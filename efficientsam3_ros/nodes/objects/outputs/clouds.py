"""Clouds as messages."""

from __future__ import annotations

import array
from collections.abc import Callable

import numpy as np
from sensor_msgs.msg import PointCloud2, PointField
from std_msgs.msg import Header

from efficientsam3_ros.nodes.objects.outputs.thinning import first_of_each_voxel
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.scene3d import (
    OrganizedCloud,
    background_mask,
    pack_cloud,
    voxel_sample,
)


def output_header(scene: Scene) -> Header:
    """Return the image's stamp and the output frame."""
    return Header(stamp=scene.header.stamp, frame_id=scene.placing.frame_id)


def organised_cloud(scene: Scene) -> PointCloud2:
    """Return a point for each pixel, NaN at holes; labels are cleaned."""
    cloud = scene.cleaned
    return _message(scene, scene.placing.points(cloud.points), cloud.rgb, cloud.labels)


def object_cloud(scene: Scene, label: int, voxel_size: float) -> PointCloud2:
    """Return the points that are surely an object's.

    Args:
        scene: The image.
        label: Of the object.
        voxel_size: Edge of the cubes that keep one point each, metres; 0 keeps all.
    """
    return _list(scene, scene.cloud, scene.mask(label), voxel_size, voxel_sample)


def background_cloud(scene: Scene, label: int, voxel_size: float) -> PointCloud2:
    """Return the points that are surely not the object: what may be hit.

    What the cleaning took away from a mask is among them: it is there, and it is not the object.
    """
    cloud = scene.cleaned
    return _list(scene, cloud, background_mask(cloud, label), voxel_size, first_of_each_voxel)


def _list(
    scene: Scene,
    cloud: OrganizedCloud,
    mask: np.ndarray,
    voxel_size: float,
    thin_out: Callable[[np.ndarray, float], np.ndarray],
) -> PointCloud2:
    points, rgb, labels = cloud.points[mask], cloud.rgb[mask], cloud.labels[mask]
    if voxel_size > 0:
        chosen = thin_out(points, voxel_size)
        points, rgb, labels = points[chosen], rgb[chosen], labels[chosen]
    return _message(scene, scene.placing.points(points), rgb, labels)


def _message(scene: Scene, points: np.ndarray, rgb: np.ndarray, labels: np.ndarray) -> PointCloud2:
    packed = pack_cloud(points, rgb, labels)
    message = PointCloud2(header=output_header(scene))
    message.height, message.width = packed.height, packed.width
    message.fields = [
        PointField(name=item.name, offset=item.offset, datatype=item.datatype, count=item.count)
        for item in packed.fields
    ]
    message.point_step, message.row_step = packed.point_step, packed.row_step
    message.is_dense, message.is_bigendian = packed.is_dense, packed.is_bigendian
    # array.array is the one type that rclpy stores without a copy per element.
    data = array.array('B')
    data.frombytes(packed.data)
    message.data = data
    return message
