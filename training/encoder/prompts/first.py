"""The first prompt of a mask: its box, jittered, or a point in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.stills.mask_origin import MaskOrigin

_LEAST_SIDE = 0.002
"""Of a box after jitter, as a share of the picture: two pixels of 1008."""


@dataclass(frozen=True)
class FirstPrompt:
    """How a mask is first asked for.

    Attributes:
        box_share: Probability of a box; else it is a point.
        jitter: Deviation of a box's corners, as a share of its sides.
        largest_jitter: Bound of that, as a share of the picture: 20 pixels of 1008.
        point_side: Side of the small box that stands for a point, as a share of the picture: one
            cell of SAM 3's grid of 72. Its detector reads exemplars as boxes; point tokens were
            not used when it was trained.
    """

    box_share: float = 0.5
    jitter: float = 0.1
    largest_jitter: float = 20 / 1008
    point_side: float = 1 / 72

    def draw(self, box: np.ndarray, point: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return a prompt as a box (4,) cx, cy, w, h, each 0..1.

        Args:
            box: (4,) of the mask, the same way.
            point: (2,) x, y of a pixel of the mask, each 0..1.
            rng: Draws kind and jitter.
        """
        if rng.random() < self.box_share:
            return self._jittered(box, rng)
        return as_box(point, self.point_side)

    def _jittered(self, box: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        size = box[2:]
        corners = np.concatenate([box[:2] - size / 2, box[:2] + size / 2])
        offset = rng.normal(size=4) * self.jitter * np.tile(size, 2)
        corners = corners + offset.clip(-self.largest_jitter, self.largest_jitter)
        low, high = corners[:2].clip(0, 1 - _LEAST_SIDE), corners[2:].clip(0, 1)
        high = np.maximum(high, low + _LEAST_SIDE)
        return np.concatenate([(low + high) / 2, high - low]).astype(np.float32)


def as_box(point: np.ndarray, side: float) -> np.ndarray:
    """Return a small box (4,) around a point (2,), not cut at the picture's edge."""
    return np.array([point[0], point[1], side, side], np.float32)


def box_of(instance: Instance) -> np.ndarray:
    """Return the box of a mask: cx, cy, w, h, each 0..1."""
    mask = instance.mask
    x0, y0, x1, y1 = mask.box_xyxy
    box = np.array([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0], np.float32)
    return box / np.array([mask.width, mask.height] * 2, np.float32)


def point_of(
    instance: Instance, origin: MaskOrigin | None, rng: np.random.Generator
) -> np.ndarray:
    """Return a point of a mask, x, y, each 0..1: SA-1B's own click if it lies in the mask."""
    mask = instance.mask
    rows, columns = mask.roi_slices()
    crop = mask.crop()
    size = np.array([mask.width, mask.height], np.float32)
    for x, y in origin.points if origin else ():
        row, column = int(y) - rows.start, int(x) - columns.start
        if 0 <= row < crop.shape[0] and 0 <= column < crop.shape[1] and crop[row, column]:
            return np.array([x, y], np.float32) / size
    ys, xs = np.nonzero(crop)
    chosen = int(rng.integers(len(ys)))
    place = np.array([xs[chosen] + columns.start, ys[chosen] + rows.start], np.float32)
    return (place + 0.5) / size
