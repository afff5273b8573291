"""COCO run lengths to ``Rle`` and back.

COCO counts pixels column by column over the whole image, background first; a compressed string
holds them as differences in groups of five bits (format of cocodataset/cocoapi).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from efficientsam3_ros.core.rle import Rle

_ZERO = 48
_MORE, _SIGN, _BITS = 0x20, 0x10, 5


def decode_counts(text: str | bytes) -> list[int]:
    """Unpack a compressed string into run lengths.

    From the fourth on, a number is the difference to the run two before.

    Raises:
        ValueError: If the string ends within a number or holds a foreign character.
    """
    counts: list[int] = []
    value = shift = 0
    for code in text.encode() if isinstance(text, str) else text:
        chunk = code - _ZERO
        if not 0 <= chunk < 1 << (_BITS + 1):
            raise ValueError(f'{chr(code)!r} does not occur in compressed run lengths.')
        value |= (chunk & (_MORE - 1)) << shift
        shift += _BITS
        if chunk & _MORE:
            continue
        if chunk & _SIGN:
            value -= 1 << shift
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
        value = shift = 0
    if shift:
        raise ValueError('Compressed run lengths end within a number; the file is cut off.')
    return counts


def encode_counts(counts: Sequence[int]) -> str:
    """Pack run lengths into a compressed string."""
    text: list[str] = []
    for index, count in enumerate(counts):
        value = int(count) - (int(counts[index - 2]) if index > 2 else 0)
        while True:
            chunk = value & (_MORE - 1)
            value >>= _BITS
            done = value == (-1 if chunk & _SIGN else 0)
            text.append(chr((chunk if done else chunk | _MORE) + _ZERO))
            if done:
                break
    return ''.join(text)


def from_coco(segmentation: Any, size: tuple[int, int] | None = None) -> Rle:
    """Read a COCO segmentation.

    Args:
        segmentation: ``{'size': [H, W], 'counts': str or list}``, or polygons, each a flat list
            of x and y in pixels.
        size: Image (height, width) in pixels: what polygons are drawn on, and what run lengths
            must have.

    Raises:
        ValueError: If it is damaged or made for an image of another size.
    """
    if isinstance(segmentation, list):
        return _from_polygons(segmentation, size)
    try:
        height, width = (int(value) for value in segmentation['size'])
        counts = segmentation['counts']
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError('A mask is {"size": [H, W], "counts": ...} or polygons.') from error
    if size is not None and (height, width) != tuple(size):
        raise ValueError(f'A mask of {width}x{height} belongs to no {size[1]}x{size[0]} image.')
    runs = np.asarray(decode_counts(counts) if isinstance(counts, (str, bytes)) else counts)
    runs = runs.astype(np.int64)
    if (runs < 0).any() or int(runs.sum()) != height * width:
        raise ValueError(
            f'Run lengths add up to {int(runs.sum())} pixels, the image has {height * width}.'
        )
    flat = np.repeat(np.arange(runs.size) % 2 == 1, runs)
    return Rle.encode(flat.reshape(width, height).T)


def to_coco(mask: Rle) -> dict[str, Any]:
    """Write a mask as ``{'size': [H, W], 'counts': compressed string}``."""
    flat = mask.decode().T.reshape(-1)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff(np.concatenate(([0], edges, [flat.size])))
    if flat.size and flat[0]:
        counts = np.concatenate(([0], counts))
    return {'size': [mask.height, mask.width], 'counts': encode_counts(counts.tolist())}


def _from_polygons(polygons: list[Any], size: tuple[int, int] | None) -> Rle:
    if size is None:
        raise ValueError('Polygons need the height and width of their image.')
    try:
        points = [np.asarray(p, np.float64).reshape(-1, 2) for p in polygons]
    except (TypeError, ValueError) as error:
        raise ValueError('A polygon is a flat list of x and y in pixels.') from error
    mask = np.zeros(size, np.uint8)
    if points:
        cv2.fillPoly(mask, [np.rint(p).astype(np.int32) for p in points], 1)
    return Rle.encode(mask)
