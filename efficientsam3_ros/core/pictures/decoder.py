"""A compressed picture as RGB: the one decoder of files and messages."""

from __future__ import annotations

import cv2
import numpy as np

from efficientsam3_ros.core.pictures.header import PictureError, check_size

# The picture stays on the sensor's grid, to which masks, depth and camera_info belong, whatever
# its EXIF rotation says.
_READ = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
# Where OpenCV fills the missing rest of a cut picture with gray and says nothing.
_ENDS = {b'\xff\xd8': b'\xff\xd9', b'\x89PNG': b'IEND'}


def decode_picture(data: bytes) -> np.ndarray:
    """Decode a JPEG, PNG, BMP, TIFF, WebP or, where OpenCV was built with it, AVIF picture.

    Gray becomes RGB, 16 bits become the upper 8, transparency and EXIF rotation are ignored.

    Args:
        data: The file.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        PictureError: If it is no such picture, too large, cut off or damaged.
    """
    if not data:
        raise PictureError('it is empty')
    check_size(data)
    for start, end in _ENDS.items():
        if data.startswith(start) and data.rfind(end) < 0:
            raise PictureError(f'it is cut off after {len(data)} bytes')
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), _READ)
    except cv2.error:
        bgr = None
    if bgr is None:
        raise PictureError(_why(data))
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def _why(data: bytes) -> str:
    if data[4:8] == b'ftyp':
        kind = 'AVIF' if data[8:12] == b'avif' else 'HEIC'
        return f'this build of OpenCV reads no {kind}; convert it to PNG or JPEG'
    return 'it is damaged, or of a kind that OpenCV does not read'
