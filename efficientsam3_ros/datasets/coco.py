"""COCO's run lengths and polygons to ``Rle`` and back, by pycocotools."""

from __future__ import annotations

from typing import Any

import numpy as np

from efficientsam3_ros.core.rle import Rle
from efficientsam3_ros.install_hint import install_hint

# pycocotools takes memory for every pixel of an outline; a wild number would take all there is.
_FARTHEST = 100_000


def from_coco(segmentation: Any, size: tuple[int, int] | None = None) -> Rle:
    """Read a COCO segmentation.

    Args:
        segmentation: ``{'size': [H, W], 'counts': str or list}``, or polygons, each a flat list
            of x and y in pixels.
        size: Image (height, width) in pixels: what polygons are drawn on, and what run lengths
            must have.

    Raises:
        ValueError: If it is damaged or made for an image of another size.
        ImportError: If pycocotools is not installed.
    """
    if isinstance(segmentation, list):
        return _from_polygons(segmentation, size)
    try:
        height, width = (int(value) for value in segmentation['size'])
        counts = segmentation['counts']
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError('A mask is {"size": [H, W], "counts": ...} or polygons.') from error
    if size is not None and (height, width) != tuple(size):
        raise ValueError(f'A mask of {width}x{height} belongs to no {size[1]}x{size[0]} image.')
    mask = _decoded(counts, height, width)
    # Where run lengths are too short, pycocotools leaves the last pixels undefined.
    if mask is None or _pixels(counts) != height * width:
        raise ValueError(f'The run lengths do not fill the {width}x{height} image; copy it again.')
    return Rle.encode(mask)


def to_coco(mask: Rle) -> dict[str, Any]:
    """Return COCO's compressed run lengths of a mask, as they stand in JSON files.

    Raises:
        ImportError: If pycocotools is not installed.
    """
    coded = _pycocotools().encode(np.asfortranarray(mask.decode(), np.uint8))
    return {'size': [mask.height, mask.width], 'counts': coded['counts'].decode()}


def _decoded(counts: Any, height: int, width: int) -> np.ndarray | None:
    """Return the mask as bool (height, width), None if the run lengths do not fit into it."""
    coco = _pycocotools()
    try:
        if isinstance(counts, list):
            counts = coco.frPyObjects({'size': [height, width], 'counts': counts}, height, width)
            counts = counts['counts']
        mask = coco.decode({'size': [height, width], 'counts': counts})
    except (ValueError, TypeError, OverflowError):
        return None
    return np.asarray(mask, bool)


def _pixels(counts: Any) -> int:
    """Return the sum of run lengths that can be decoded, 0 where they end within a number.

    Decoding into an image that is a pixel too small would tell it as well, but what pycocotools
    allocated before it raises is never freed.
    """
    if isinstance(counts, list):
        return int(sum(counts))
    # Five bits a character, the sixth says that more follow; the highest bit is the sign.
    text = counts.encode() if isinstance(counts, str) else counts
    codes = np.frombuffer(text, np.uint8).astype(np.int64) - 48
    last = codes & 32 == 0
    if not last[-1:].all() or not len(codes):
        return 0
    starts = np.flatnonzero(np.r_[True, last[:-1]])
    place = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))
    runs = np.add.reduceat((codes & 31) << 5 * place, starts)
    runs -= np.where(codes[last] & 16, 1 << 5 * (place[last] + 1), 0)
    # From the fourth on they are differences to the one two before.
    return int(runs[:1].sum() + runs[1::2].cumsum().sum() + runs[2::2].cumsum().sum())


def _from_polygons(polygons: list[Any], size: tuple[int, int] | None) -> Rle:
    if size is None:
        raise ValueError('Polygons need the height and width of their image.')
    try:
        points = [np.asarray(p, np.float64).reshape(-1, 2).ravel() for p in polygons]
    except (TypeError, ValueError) as error:
        raise ValueError('A polygon is a flat list of x and y in pixels.') from error
    if not all(np.isfinite(p).all() for p in points):
        raise ValueError('A polygon has a corner that is no number; its file is damaged.')
    if not all((np.abs(p) < _FARTHEST).all() for p in points):
        raise ValueError('A polygon reaches far beyond every image; its file is damaged.')
    # Fewer than three points have no area.
    outlines = [p.tolist() for p in points if p.size >= 6]
    if not outlines:
        return Rle.empty(*size)
    coco = _pycocotools()
    return Rle.encode(coco.decode(coco.merge(coco.frPyObjects(outlines, *size))).astype(bool))


def _pycocotools() -> Any:
    try:
        from pycocotools import mask
    except ModuleNotFoundError as error:
        raise ImportError(
            f"Masks in COCO's form need pycocotools: {install_hint('eval')}."
        ) from error
    return mask
