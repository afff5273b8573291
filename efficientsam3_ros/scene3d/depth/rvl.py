"""RVL, the lossless code of 16-bit depth.

A. D. Wilson, "Fast lossless depth image compression", ISS 2017. The picture is a sequence of runs:
how many zeros, how many others, then for each of those its difference to the last one. Numbers are
written in groups of three bits, the lowest first; the fourth bit of a group says that more follow.
"""

from __future__ import annotations

import struct

import numpy as np

from efficientsam3_ros.core.messages.image_codec import ImageError
from efficientsam3_ros.core.messages.image_fault import ImageFault
from efficientsam3_ros.core.pictures.header import MAX_PIXELS

_SIZE = struct.Struct('<II')
_MAX_GROUPS = 11  # of three bits: what 32 bits fill
_MAX_VALUE = 65535
_DAMAGED = (
    'The RVL depth is damaged or truncated; the network loses data. Set the parameter '
    'compressedDepth.format of the driver to png if it goes on.'
)


def decode_rvl(data: bytes) -> np.ndarray:
    """Decode a picture.

    Args:
        data: Width and height as little-endian uint32, then the stream.

    Returns:
        uint16 (height, width).

    Raises:
        ImageError: If the size is zero or too large, or the stream damaged.
    """
    width, height = _SIZE.unpack_from(data) if len(data) > _SIZE.size else (0, 0)
    if not 0 < width * height <= MAX_PIXELS:
        raise ImageError(f'An RVL depth of {width}x{height} is not read. {_DAMAGED}')
    numbers = _numbers(data[_SIZE.size :])
    differences = np.zeros(width * height, np.int64)
    measured = np.zeros(width * height, bool)
    place = at = 0
    while place < measured.size:
        zeros, others = map(int, numbers[at : at + 2]) if at + 2 <= numbers.size else (0, 0)
        start, place, at = place + zeros, place + zeros + others, at + 2
        if place > measured.size or at + others > numbers.size or not zeros + others:
            raise ImageError(_DAMAGED, ImageFault.DAMAGED)
        differences[start:place] = numbers[at : at + others]
        measured[start:place] = True
        at += others
    signed = (differences >> 1) ^ -(differences & 1)  # 0, -1, 1, -2, 2, ...
    # Zeros between do not change the value from which the next difference counts.
    depth = np.cumsum(signed) * measured
    if depth.size and not 0 <= depth.min() <= depth.max() <= _MAX_VALUE:
        raise ImageError(_DAMAGED, ImageFault.DAMAGED)
    return depth.astype(np.uint16).reshape(height, width)


def _numbers(stream: bytes) -> np.ndarray:
    """Return the numbers of the stream, int64 (n,)."""
    words = np.frombuffer(stream, '<u4', len(stream) // 4)
    groups = ((words[:, None] >> np.arange(28, -4, -4, dtype=np.uint32)) & 15).ravel()
    ends = np.flatnonzero(groups < 8)
    groups = groups[: ends[-1] + 1] if ends.size else groups[:0]
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    if ends.size and (ends - starts).max() >= _MAX_GROUPS:
        raise ImageError(_DAMAGED, ImageFault.DAMAGED)
    within = np.arange(groups.size) - np.repeat(starts, ends - starts + 1)
    parts = (groups & 7).astype(np.int64) << (3 * within)
    return np.add.reduceat(parts, starts) if ends.size else parts
