"""Masks stored as PNG: pixel values are object ids, a palette is only for display."""

from __future__ import annotations

from pathlib import Path
import struct
import zlib

import cv2
import numpy as np

from efficientsam3_ros.core.pictures.header import PictureError, check_size
from efficientsam3_ros.datasets.sequence import SequenceError

_MAGIC = b'\x89PNG\r\n\x1a\n'
_GRAY, _PALETTE = 0, 3


def read_values(path: Path, size: tuple[int, int] | None = None) -> tuple[np.ndarray, bool]:
    """Read a mask: its ids, without going through a palette, or its colors as numbers.

    Args:
        path: A palettised, gray or colored PNG of 1 to 16 bits.
        size: Its picture's (height, width); None takes any.

    Returns:
        int64 (H, W), 0 where it is black, and whether the numbers are colors.

    Raises:
        SequenceError: If the file is missing, damaged or of another size.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SequenceError(f'{path} cannot be read: {error.strerror}.') from error
    if data[: len(_MAGIC)] != _MAGIC or len(data) < 33:
        raise SequenceError(f'{path} is no PNG, or it is cut off; copy it again.')
    bits, kind = data[24], data[25]
    colored = kind not in (_GRAY, _PALETTE)
    image = _decoded(data, path, colored)
    if image is None or image.ndim != (3 if colored else 2):
        raise SequenceError(f'{path} cannot be decoded; copy it again.')
    if size is not None and image.shape[:2] != tuple(size):
        raise SequenceError(
            f'{path.name} is {image.shape[1]}x{image.shape[0]}, its picture {size[1]}x{size[0]}; '
            'take both in the same resolution.'
        )
    if colored:
        return image[..., :3].astype(np.int64) @ (1 << 32, 1 << 16, 1), True
    # The decoder stretches fewer than eight bits over the full range.
    stretch = 255 // ((1 << bits) - 1) if bits < 8 else 1
    return (image // stretch).astype(np.int64), False


def colors_instead_of_ids(path: Path) -> SequenceError:
    """Return the error of a mask that is stored in colors."""
    return SequenceError(
        f'{path} is stored in colours, so its object ids are lost; take the palettised PNG '
        'of the data set.'
    )


def _decoded(data: bytes, path: Path, colored: bool) -> np.ndarray | None:
    try:
        check_size(data)
        plain = np.frombuffer(data if colored else _as_gray(data), np.uint8)
        return cv2.imdecode(plain, cv2.IMREAD_UNCHANGED)
    except PictureError as error:
        raise SequenceError(f'{path} cannot be decoded: {error}.') from None
    except (cv2.error, struct.error):
        return None


def _as_gray(data: bytes) -> bytes:
    """Return the file with its palette taken out and its pixels declared grey."""
    kept = [_MAGIC]
    offset = len(_MAGIC)
    while offset + 12 <= len(data):
        (length,) = struct.unpack_from('>I', data, offset)
        kind = data[offset + 4 : offset + 8]
        chunk = data[offset : offset + 12 + length]
        offset += 12 + length
        if kind == b'IHDR':
            body = kind + chunk[8:17] + bytes([_GRAY]) + chunk[18:21]
            chunk = chunk[:4] + body + struct.pack('>I', zlib.crc32(body))
        if kind not in (b'PLTE', b'tRNS', b'bKGD', b'hIST', b'sBIT'):
            kept.append(chunk)
    return b''.join(kept)
