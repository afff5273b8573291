"""Masks for nvblox: the objects node's topics are what it takes.

Format: https://nvidia-isaac-ros.github.io/repositories_and_packages/isaac_ros_nvblox, "ROS Topics
and Services", and ``nvblox_ros/src/lib/conversions/image_conversions.cpp`` of
https://github.com/NVIDIA-ISAAC-ROS/isaac_ros_nvblox: depth 32FC1 (metres) or 16UC1 (millimetres),
mask mono8, where every value but 0 is masked, each with a camera_info of which K alone is read,
and rows without padding. Depth and mask are paired approximately; TF places the mask at its stamp.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError

MASKED = 255
_BYTES = {'mono8': 1, '16UC1': 2, '32FC1': 4}


def nvblox_mask(labels: np.ndarray, wanted: Iterable[int] | None = None) -> np.ndarray:
    """Return the pixels that are to be mapped apart, or kept out of the map.

    ``~/target_mask`` holds the target alone; this makes a mask of several objects.

    Args:
        labels: Whole numbers (H, W), such as ``~/label_image``.
        wanted: Labels of the objects; None takes all.

    Returns:
        uint8 (H, W), 255 on the objects and 0 elsewhere: the data of a mono8 image.

    Raises:
        AdapterError: If labels are no whole numbers.
    """
    if labels.ndim != 2 or labels.dtype.kind not in 'ui':
        raise AdapterError(
            f'Labels are whole numbers (H, W), got {labels.dtype} {labels.shape}; read '
            '~/label_image as 16UC1.'
        )
    chosen = labels > 0 if wanted is None else np.isin(labels, [v for v in wanted if v > 0])
    return chosen.astype(np.uint8) * np.uint8(MASKED)


def nvblox_remappings(objects: str = '/objects', camera: int = 0) -> list[tuple[str, str]]:
    """Return the remappings of an ``nvblox_node`` to the objects node, for a launch file.

    Args:
        objects: Name of the objects node, with its namespace.
        camera: Number of nvblox's camera.
    """
    own = objects.rstrip('/')
    return [
        (f'camera_{camera}/mask/image', f'{own}/target_mask'),
        (f'camera_{camera}/mask/camera_info', f'{own}/camera_info'),
    ]


def check_nvblox_input(
    depth: Any, depth_info: Any, mask: Any, mask_info: Any, color: Any = None
) -> None:
    """Refuse what nvblox would drop, or misread without a word.

    Args:
        depth: ``sensor_msgs/Image``.
        depth_info: ``sensor_msgs/CameraInfo`` of depth.
        mask: ``sensor_msgs/Image``.
        mask_info: ``sensor_msgs/CameraInfo`` of the mask.
        color: ``sensor_msgs/Image`` where color is mapped, too.

    Raises:
        AdapterError: With cause and remedy.
    """
    _check_image('depth', depth, depth_info, ('32FC1', '16UC1'))
    _check_image('mask', mask, mask_info, ('mono8',))
    stamps = [(m.header.stamp.sec, m.header.stamp.nanosec) for m in (mask, mask_info)]
    if stamps[0] != stamps[1]:
        raise AdapterError(
            'The mask and its camera_info have different stamps; take ~/camera_info of the '
            'objects node, which follows the mask.'
        )
    if color is not None and (color.height, color.width) != (mask.height, mask.width):
        raise AdapterError(
            f'Color is {color.width}x{color.height}, the mask {mask.width}x{mask.height}; nvblox '
            'lays one on the other: give it the color image that the tracker takes.'
        )


def _check_image(name: str, image: Any, info: Any, encodings: tuple[str, ...]) -> None:
    if image.encoding not in encodings:
        raise AdapterError(
            f'The {name} is {image.encoding}; nvblox reads {" or ".join(encodings)}. '
            f'{"Take ~/target_mask." if name == "mask" else "Set it in the camera driver."}'
        )
    if image.step != image.width * _BYTES[image.encoding]:
        raise AdapterError(
            f'Rows of the {name} have {image.step} bytes for {image.width} pixels; nvblox knows '
            'no padding: publish it anew without.'
        )
    if (image.height, image.width) != (info.height, info.width):
        raise AdapterError(
            f'The {name} is {image.width}x{image.height}, its camera_info '
            f'{info.width}x{info.height}; take the camera_info beside it.'
        )
    if image.header.frame_id != info.header.frame_id:
        raise AdapterError(
            f'The {name} is in "{image.header.frame_id}", its camera_info in '
            f'"{info.header.frame_id}"; take the camera_info beside it.'
        )
    if any(info.d):
        raise AdapterError(
            f'The lens of the {name} is distorted, and nvblox reads K alone; rectify color and '
            'depth (image_proc), and track on image_rect.'
        )
