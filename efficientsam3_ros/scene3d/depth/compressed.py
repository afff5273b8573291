"""Depth from ``sensor_msgs/CompressedImage`` of compressed_depth_image_transport."""

from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.core.messages.compressed_image import PNG_END, PNG_START, encoding_of
from efficientsam3_ros.core.messages.encodings import ENCODINGS
from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.core.pictures.header import PictureError, check_size
from efficientsam3_ros.scene3d.depth.rvl import decode_rvl

_CONFIG = struct.Struct('<iff')  # format (unused by readers), then A and B of the quantisation
_METERS = {'16UC1': 0.001, 'mono16': 0.001}


def decode_compressed_depth(message: Any) -> np.ndarray:
    """Read compressed depth.

    ``compressedDepth`` starts with 12 bytes of configuration, a PNG or an RVL stream follows.
    32FC1 is sent as a quantised inverse: value = A / depth + B. A PNG without configuration, as
    the plain ``compressed`` transport sends 16UC1, is read, too.

    Args:
        message: A ``sensor_msgs/CompressedImage`` or its look-alike.

    Returns:
        float32 (H, W), metres along the optical axis; NaN where nothing was measured.

    Raises:
        ImageError: If it is no depth, too large, truncated or damaged.
    """
    data, name = bytes(message.data), str(message.format)[:60]
    encoding = encoding_of(str(message.format)) or '16UC1'
    if encoding not in _METERS and encoding != '32FC1':
        known = 'color' if encoding in ENCODINGS else 'of unknown encoding'
        raise ImageError(
            f'The compressed image (format "{name}") is {known}, depth comes as 16UC1 or 32FC1; '
            "remap the depth topic to the camera's .../compressedDepth.",
            ImageFault.ENCODING,
        )
    if data.startswith(PNG_START):
        return _plain_png(data, encoding, name)
    if len(data) <= _CONFIG.size:
        raise _damaged(name, f'has {len(data)} bytes only')
    _, factor, shift = _CONFIG.unpack_from(data)
    values = _values(data[_CONFIG.size :], name)
    if encoding == '32FC1':
        return _from_inverse(values, factor, shift, name)
    return _scaled(values, encoding)


def _plain_png(data: bytes, encoding: str, name: str) -> np.ndarray:
    if encoding == '32FC1':
        raise ImageError(
            f'The depth (format "{name}") is a PNG without the parameters of its quantisation, '
            'so its distances are lost; subscribe to .../compressedDepth or to the raw topic.',
            ImageFault.ENCODING,
        )
    return _scaled(_png(data, name), encoding)


def _scaled(values: np.ndarray, encoding: str) -> np.ndarray:
    depth = values.astype(np.float32) * np.float32(_METERS[encoding])
    depth[values == 0] = np.nan
    return depth


def _from_inverse(values: np.ndarray, factor: float, shift: float, name: str) -> np.ndarray:
    if not (np.isfinite([factor, shift]).all() and factor > 0):
        raise _damaged(name, f'has quantisation parameters {factor} and {shift}')
    with np.errstate(divide='ignore'):
        depth = (factor / (values.astype(np.float64) - shift)).astype(np.float32)
    depth[(values == 0) | ~np.isfinite(depth) | (depth <= 0)] = np.nan
    return depth


def _values(payload: bytes, name: str) -> np.ndarray:
    """Return uint16 (H, W)."""
    if payload.startswith(PNG_START):
        return _png(payload, name)
    if 'rvl' in name.lower():
        return decode_rvl(payload)
    raise ImageError(
        f'The compressed depth (format "{name}", {len(payload)} bytes) is neither PNG nor RVL; '
        'set the parameter compressedDepth.format of the driver to png.',
        ImageFault.ENCODING,
    )


def _png(data: bytes, name: str) -> np.ndarray:
    # OpenCV fills the missing part of a cut picture and says nothing.
    if data.rfind(PNG_END) < 0:
        raise _damaged(name, f'is truncated after {len(data)} bytes')
    try:
        check_size(data)
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except PictureError as error:
        raise ImageError(
            f'The compressed depth (format "{name}") is not read: {error}.', ImageFault.SIZE
        ) from error
    except cv2.error:
        image = None
    if image is None:
        raise _damaged(name, 'cannot be decoded')
    if image.dtype != np.uint16 or image.ndim != 2:
        raise ImageError(
            f'The compressed depth (format "{name}") holds {image.dtype} pixels of '
            f'{image.size // (image.shape[0] * image.shape[1])} channels, not one of 16 bits; '
            'let the driver publish compressedDepth.',
            ImageFault.ENCODING,
        )
    return np.asarray(image)


def _damaged(name: str, what: str) -> ImageError:
    return ImageError(
        f'The compressed depth (format "{name}") {what}; the network loses data, or the driver '
        'publishes something else on this topic.',
        ImageFault.DAMAGED,
    )
