"""Image messages of a bag to RGB arrays."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.bags.errors import BagError

_TO_RGB = {
    'rgb8': None,
    'bgr8': cv2.COLOR_BGR2RGB,
    'rgba8': cv2.COLOR_RGBA2RGB,
    'bgra8': cv2.COLOR_BGRA2RGB,
    'mono8': cv2.COLOR_GRAY2RGB,
}
_CHANNELS = {'rgb8': 3, 'bgr8': 3, 'rgba8': 4, 'bgra8': 4, 'mono8': 1}


def is_colour(encoding: str) -> bool:
    """Tell whether an encoding shows colour or grey, not depth or labels."""
    return encoding in _TO_RGB


def decode_image(message: Any) -> np.ndarray:
    """Read a ``sensor_msgs/Image``: uint8 (H, W, 3), RGB.

    Raises:
        BagError: If the encoding is not supported or the data do not fit the size.
    """
    encoding, height, width = message.encoding, message.height, message.width
    if encoding not in _TO_RGB:
        raise BagError(f'Images are "{encoding}"; supported are {", ".join(_TO_RGB)}.')
    row = width * _CHANNELS[encoding]
    data = np.asarray(message.data, np.uint8)
    needed = message.step * (height - 1) + row
    if not height or not width or message.step < row or data.size < needed:
        raise BagError(
            f'An image of {width}x{height} {encoding} has {data.size} of {needed} bytes.'
        )
    rows = np.ndarray(
        (height, row), np.uint8, np.ascontiguousarray(data), strides=(message.step, 1)
    )
    pixels = np.ascontiguousarray(rows).reshape(height, width, -1)
    code = _TO_RGB[encoding]
    return pixels if code is None else np.asarray(cv2.cvtColor(pixels, code))


def decode_compressed(message: Any) -> np.ndarray:
    """Read a ``sensor_msgs/CompressedImage`` (JPEG or PNG): uint8 (H, W, 3), RGB.

    Raises:
        BagError: If the picture is damaged or of another kind.
    """
    data = np.asarray(message.data, np.uint8)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(data, flags) if data.size else None
    if image is None:
        raise BagError(f'A compressed image ("{message.format}", {data.size} bytes) is damaged.')
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
