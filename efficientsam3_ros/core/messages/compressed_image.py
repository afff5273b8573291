"""``sensor_msgs/CompressedImage`` (JPEG, PNG, WebP, TIFF) to numpy."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.core.messages.encodings import ENCODINGS
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.core.pictures.header import PictureError, check_size

JPEG_START, JPEG_END = b'\xff\xd8', b'\xff\xd9'
PNG_START, PNG_END = b'\x89PNG', b'IEND'
_RIFF, _WEBP = b'RIFF', b'WEBP'
_TIFF_STARTS = (b'II*\0', b'MM\0*')
# Bit depth and color type in a PNG's header: gray values of 16 bits.
_PNG_GRAY_16 = b'\x10\x00'
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
        ImageError: If the data are empty, truncated, depth, too large, or in a format that is
            not read.
    """
    data = bytes(message.data)
    name = str(message.format)[:60]
    if carries_depth(message):
        raise ImageError(
            f'The topic carries depth (format "{name}"); remap it to the compressed colour image. '
            'Gray pictures of 16 bits are read where the format says "mono16; png compressed".',
            ImageFault.DEPTH,
        )
    _check_complete(data, name)
    try:
        check_size(data)
        image = cv2.imdecode(np.frombuffer(data, np.uint8), READ_FLAGS)
    except PictureError as error:
        raise ImageError(
            f'The compressed image (format "{name}") is not read: {error}.',
            ImageFault.SIZE,
        ) from error
    except cv2.error as error:
        raise ImageError(
            f'The compressed image (format "{name}") cannot be decoded ({error.err}).',
            ImageFault.DAMAGED,
        ) from error
    if image is None:
        raise ImageError(f'The compressed image (format "{name}") is damaged.', ImageFault.DAMAGED)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def carries_depth(message: Any) -> bool:
    """Tell whether a ``CompressedImage`` is depth.

    Its format says so (``16UC1; png compressed``, ``compressedDepth``), as image_transport
    writes it; where the format names no encoding, a gray PNG of 16 bits is taken for depth.
    """
    named = encoding_of(message.format)
    known = ENCODINGS.get(named)
    if 'compressedDepth' in message.format or (known is not None and known.to_rgb is None):
        return True
    head = bytes(message.data[:26])
    return not named and head.startswith(PNG_START) and head[24:26] == _PNG_GRAY_16


def encoding_of(name: str) -> str:
    """Return the encoding that was compressed, '' if the format names none.

    Args:
        name: A format such as ``bgr8; jpeg compressed bgr8`` or ``jpeg``.
    """
    encoding, separator, _ = name.partition(';')
    return encoding.strip() if separator else ''


def _check_complete(data: bytes, name: str) -> None:
    # OpenCV fills the missing part of a truncated picture with grey and says nothing.
    if data.startswith(_RIFF) and data[8:12] == _WEBP:
        complete = len(data) >= 8 + int.from_bytes(data[4:8], 'little')
    elif data.startswith(JPEG_START):
        complete = data.rfind(JPEG_END) >= 0
    elif data.startswith(PNG_START):
        complete = data.rfind(PNG_END) >= 0
    elif data.startswith(_TIFF_STARTS):
        complete = True  # the decoder refuses a cut one
    else:
        raise ImageError(
            f'The compressed image (format "{name}", {len(data)} bytes) is neither JPEG, PNG, '
            'WebP nor TIFF; let the driver compress as jpeg.',
            ImageFault.ENCODING,
        )
    if not complete:
        raise ImageError(
            f'The compressed image is truncated after {len(data)} bytes; the network '
            'loses data, or the driver publishes too early.',
            ImageFault.DAMAGED,
        )
