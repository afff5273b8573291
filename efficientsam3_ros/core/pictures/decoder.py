"""A compressed picture as RGB: the one decoder of files and messages."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO

import cv2
import numpy as np

from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.pictures.header import PictureError, check_size

# The picture stays on the sensor's grid, to which masks, depth and camera_info belong, whatever
# its EXIF rotation says.
_READ = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
_AVIF = (b'avif', b'avis')  # brands of the container
# Where OpenCV fills the missing rest of a cut picture with gray and says nothing.
_ENDS = {b'\xff\xd8': b'\xff\xd9', b'\x89PNG': b'IEND'}


def decode_picture(data: bytes) -> np.ndarray:
    """Decode a JPEG, PNG, BMP, TIFF or WebP picture, or AVIF and HEIC where a library does.

    AVIF needs an OpenCV or a Pillow that was built with it, HEIC the package pillow-heif. Gray
    becomes RGB, 16 bits become the upper 8, transparency and EXIF rotation are ignored.

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
    if bgr is not None:
        return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    if data[4:8] == b'ftyp':
        return _by_pillow(data)
    raise PictureError('it is damaged, or of a kind that OpenCV does not read')


def _by_pillow(data: bytes) -> np.ndarray:
    """Decode what OpenCV declines: AVIF and HEIC, which have one container."""
    from PIL import Image, features

    if data[8:12] in _AVIF:
        known = 'avif' in features.modules and features.check_module('avif')
        kind, package = 'AVIF', '"pillow>=11.3"'
    else:
        known, kind, package = _knows_heic(), 'HEIC', 'pillow-heif'
    if not known:
        raise PictureError(
            f'no library here reads {kind}; pip install {package}, or convert it to PNG or JPEG'
        )
    try:
        with Image.open(BytesIO(data)) as picture:
            return np.array(picture.convert('RGB'))
    except Exception as error:  # pillow_heif raises errors of libheif
        raise PictureError(f'it is a damaged {kind} ({one_line(error)[:100]})') from None


def _knows_heic() -> bool:
    """Let Pillow read HEIC; tell whether the optional package for it is there."""
    try:
        import_module('pillow_heif').register_heif_opener()
    except ImportError:
        return False
    return True
