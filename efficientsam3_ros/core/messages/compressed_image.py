"""``sensor_msgs/CompressedImage`` (JPEG, PNG) to numpy."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.core.messages.image_codec import ImageError

JPEG_START, JPEG_END = b'\xff\xd8', b'\xff\xd9'
PNG_START, PNG_END = b'\x89PNG', b'IEND'
# The picture stays on the sensor's grid, to which camera_info and depth belong, whatever its EXIF
# rotation says.
READ_FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


def decode_compressed(message: Any) -> np.ndarray:
    """Read a compressed colour image.

    Args:
        message: A ``sensor_msgs/CompressedImage`` or its look-alike.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        ImageError: If the data are empty, truncated, depth, or neither JPEG nor PNG.
    """
    if 'compressedDepth' in message.format:
        raise ImageError(
            'The topic carries compressed depth; remap it to the compressed colour image.'
        )
    data = bytes(message.data)
    _check_complete(data, message.format)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), READ_FLAGS)
    if image is None:
        raise ImageError(f'The compressed image (format "{message.format}") is damaged.')
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def _check_complete(data: bytes, name: str) -> None:
    # OpenCV fills the missing part of a truncated picture with grey and says nothing.
    for start, end in ((JPEG_START, JPEG_END), (PNG_START, PNG_END)):
        if data.startswith(start):
            if data.rfind(end) < 0:
                raise ImageError(
                    f'The compressed image is truncated after {len(data)} bytes; the network '
                    'loses data, or the driver publishes too early.'
                )
            return
    raise ImageError(
        f'The compressed image (format "{name}", {len(data)} bytes) is neither JPEG nor PNG; '
        'let the driver compress as jpeg.'
    )
