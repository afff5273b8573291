"""Smaller samples: pictures of SA-1B have twice the pixels that a network sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Instance, Rle
from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame, Opinion
from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin


def shrunk(labeled: LabeledFrame, longest: int) -> LabeledFrame:
    """Return a sample whose picture has at most so many pixels on a side.

    Masks follow the picture; one that has no pixel left is dropped, and its concept is asked no
    more.

    Args:
        labeled: The sample.
        longest: Of the longer side, pixels.

    Returns:
        The same sample if it is small enough already.
    """
    height, width = labeled.frame.height, labeled.frame.width
    scale = longest / max(height, width)
    if scale >= 1:
        return labeled
    size = max(1, round(height * scale)), max(1, round(width * scale))
    rgb = cv2.resize(labeled.frame.rgb, size[::-1], interpolation=cv2.INTER_AREA)
    frame = Frame(rgb, labeled.frame.stamp_ns, labeled.frame.frame_id)
    truth = _truth(labeled.truth, size)
    opinions = tuple(
        Opinion(o.annotator, _truth(o.truth, size), _masks(o.crowd, size))
        for o in labeled.opinions
    )
    lost = _lost(labeled, (truth, *(opinion.truth for opinion in opinions)))
    factors = size[1] / width, size[0] / height
    kept = {item.track_id for item in truth.instances}
    return LabeledFrame(
        name=labeled.name,
        frame=frame,
        truth=truth,
        nouns=tuple(noun for noun in labeled.nouns if noun not in lost),
        unlabeled=None if labeled.unlabeled is None else _nearest(labeled.unlabeled, size),
        crowd=_masks(labeled.crowd, size),
        depth=None if labeled.depth is None else _nearest(labeled.depth, size),
        intrinsics=labeled.intrinsics and _camera(labeled.intrinsics, size),
        origins={n: _origin(item, *factors) for n, item in labeled.origins.items() if n in kept},
        opinions=opinions,
    )


def _nearest(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    # OpenCV knows no bool.
    plain = image.view(np.uint8) if image.dtype.kind == 'b' else image
    found = cv2.resize(plain, size[::-1], interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(found.astype(image.dtype))


def _masks(items: Iterable[Instance], size: tuple[int, int]) -> tuple[Instance, ...]:
    moved = (replace(i, mask=Rle.encode(_nearest(i.mask.decode(), size))) for i in items)
    return tuple(item for item in moved if item.area)


def _truth(truth: FrameResult, size: tuple[int, int]) -> FrameResult:
    instances = _masks(truth.instances, size)
    return replace(truth, height=size[0], width=size[1], instances=instances)


def _lost(before: LabeledFrame, after: Iterable[FrameResult]) -> set[str]:
    """Return the concepts that lost an instance, of any annotator."""
    truths = (before.truth, *(opinion.truth for opinion in before.opinions))
    kept = [{item.track_id for item in truth.instances} for truth in after]
    return {
        item.concept
        for truth, ids in zip(truths, kept)
        for item in truth.instances
        if item.track_id not in ids
    }


def _camera(camera: Intrinsics, size: tuple[int, int]) -> Intrinsics:
    """Return the camera of the smaller picture; pixel centres have whole numbers."""
    height, width = size
    x, y = width / camera.width, height / camera.height
    middle = (camera.cx + 0.5) * x - 0.5, (camera.cy + 0.5) * y - 0.5
    return Intrinsics(width, height, camera.fx * x, camera.fy * y, *middle)


def _origin(origin: MaskOrigin, x: float, y: float) -> MaskOrigin:
    """Return the origin in pixels of the smaller picture."""
    x0, y0, x1, y1 = origin.crop
    points = tuple((px * x, py * y) for px, py in origin.points)
    return replace(origin, points=points, crop=(x0 * x, y0 * y, x1 * x, y1 * y))
