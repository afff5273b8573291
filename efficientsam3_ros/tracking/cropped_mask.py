"""A mask as the part of the image that it fills: cheap to move, compare and encode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
import math

import cv2
import numpy as np

from efficientsam3_ros.core import Rle


@dataclass(frozen=True, eq=False)
class CroppedMask:
    """A mask at the source image's resolution, stored as a crop.

    Attributes:
        height: Rows of the full image.
        width: Columns of the full image.
        x: Left column of the crop.
        y: Top row of the crop.
        bits: bool (h, w), the crop; it lies inside the image. (0, 0) for an empty mask.
    """

    height: int
    width: int
    x: int
    y: int
    bits: np.ndarray

    @classmethod
    def empty(cls, height: int, width: int) -> CroppedMask:
        """Return the mask without a pixel."""
        return cls(height, width, 0, 0, np.zeros((0, 0), bool))

    @classmethod
    def trimmed(cls, height: int, width: int, x: int, y: int, bits: np.ndarray) -> CroppedMask:
        """Return a region whose crop has foreground on all four sides."""
        rows = np.flatnonzero(bits.any(axis=1))
        if rows.size == 0:
            return cls.empty(height, width)
        y0, y1 = int(rows[0]), int(rows[-1]) + 1
        cols = np.flatnonzero(bits[y0:y1].any(axis=0))
        x0, x1 = int(cols[0]), int(cols[-1]) + 1
        return cls(height, width, x + x0, y + y0, bits[y0:y1, x0:x1])

    @cached_property
    def area(self) -> int:
        """Foreground pixels."""
        return int(np.count_nonzero(self.bits))

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Crop as (x0, y0, x1, y1) in pixels, x1 and y1 exclusive."""
        return self.x, self.y, self.x + self.bits.shape[1], self.y + self.bits.shape[0]

    @property
    def diagonal(self) -> float:
        """Diagonal of the crop, pixels."""
        return float(np.hypot(*self.bits.shape))

    @cached_property
    def center(self) -> tuple[float, float]:
        """Centroid (x, y) of the foreground, pixels; of the crop's corner when empty."""
        if self.area == 0:
            return float(self.x), float(self.y)
        moments = cv2.moments(np.ascontiguousarray(self.bits).view(np.uint8), binaryImage=True)
        return self.x + moments['m10'] / moments['m00'], self.y + moments['m01'] / moments['m00']

    def shifted(self, dx: float, dy: float) -> CroppedMask:
        """Move by whole pixels (rounded); what leaves the image is cut off."""
        x, y = self.x + round(dx), self.y + round(dy)
        if (x, y) == (self.x, self.y):
            return self
        h, w = self.bits.shape
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(w, self.width - x), min(h, self.height - y)
        if left >= right or top >= bottom:
            return CroppedMask.empty(self.height, self.width)
        bits = self.bits[top:bottom, left:right]
        return CroppedMask.trimmed(self.height, self.width, x + left, y + top, bits)

    def resized(self, height: int, width: int) -> CroppedMask:
        """Carry over to another image size (nearest pixel)."""
        if self.area == 0:
            return CroppedMask.empty(height, width)
        sx, sy = width / self.width, height / self.height
        x0, y0, x1, y1 = self.box
        x, y = min(int(x0 * sx), width - 1), min(int(y0 * sy), height - 1)
        w = max(1, min(round(x1 * sx), width) - x)
        h = max(1, min(round(y1 * sy), height) - y)
        crop = np.ascontiguousarray(self.bits).view(np.uint8)
        bits = cv2.resize(crop, (w, h), interpolation=cv2.INTER_NEAREST).astype(bool)
        return CroppedMask.trimmed(height, width, x, y, bits)

    def overlap(self, other: CroppedMask) -> int:
        """Count the pixels that both masks hold."""
        ax0, ay0, ax1, ay1 = self.box
        bx0, by0, bx1, by1 = other.box
        x0, y0, x1, y1 = max(ax0, bx0), max(ay0, by0), min(ax1, bx1), min(ay1, by1)
        if x0 >= x1 or y0 >= y1:
            return 0
        mine = self.bits[y0 - ay0 : y1 - ay0, x0 - ax0 : x1 - ax0]
        theirs = other.bits[y0 - by0 : y1 - by0, x0 - bx0 : x1 - bx0]
        return int(np.count_nonzero(mine & theirs))

    def without(self, other: CroppedMask) -> CroppedMask:
        """Return this mask less the other's pixels."""
        if self.overlap(other) == 0:
            return self
        mask = other.mask()[self.y : self.box[3], self.x : self.box[2]]
        return CroppedMask.trimmed(self.height, self.width, self.x, self.y, self.bits & ~mask)

    def mask(self) -> np.ndarray:
        """Return the full mask, bool (height, width)."""
        full = np.zeros((self.height, self.width), bool)
        x0, y0, x1, y1 = self.box
        full[y0:y1, x0:x1] = self.bits
        return full

    def rle(self) -> Rle:
        """Return the run lengths of the messages."""
        if self.area == 0:
            return Rle.empty(self.height, self.width)
        crop = Rle.encode(self.bits)
        x, y = self.x + crop.x, self.y + crop.y
        return replace(crop, height=self.height, width=self.width, x=x, y=y)


def overlap_matrix(rows: Sequence[CroppedMask], columns: Sequence[CroppedMask]) -> np.ndarray:
    """Return the common pixels of each pair, float64 (len(rows), len(columns))."""
    table = np.zeros((len(rows), len(columns)))
    if not table.size:
        return table
    a = np.array([region.box for region in rows])[:, None]
    b = np.array([region.box for region in columns])[None]
    touching = (np.minimum(a[..., 2:], b[..., 2:]) > np.maximum(a[..., :2], b[..., :2])).all(-1)
    for i, j in np.argwhere(touching):
        table[i, j] = rows[i].overlap(columns[j])
    return table


def iou_matrix(rows: Sequence[CroppedMask], columns: Sequence[CroppedMask]) -> np.ndarray:
    """Return the intersection over union of each pair, 0..1; 0 where both are empty."""
    common = overlap_matrix(rows, columns)
    areas = np.array([region.area for region in rows], float)[:, None]
    others = np.array([region.area for region in columns], float)[None]
    union = areas + others - common
    return common / np.maximum(union, 1.0)


def upsample(
    logits: np.ndarray,
    box: tuple[float, float, float, float],
    size: tuple[int, int],
    cut: float,
) -> CroppedMask:
    """Interpolate a mask bilinearly inside the rectangle that can hold foreground.

    A pixel can only be foreground within one low-resolution pixel of a foreground value, so
    nothing inside the box is missed.
    """
    height, width = size
    inside = logits > cut
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if rows.size == 0:
        return CroppedMask.empty(height, width)
    sx, sy = width / logits.shape[1], height / logits.shape[0]
    x0 = max(0, math.floor(max((cols[0] - 0.5) * sx, box[0])))
    x1 = min(width, math.ceil(min((cols[-1] + 1.5) * sx, box[2])))
    y0 = max(0, math.floor(max((rows[0] - 0.5) * sy, box[1])))
    y1 = min(height, math.ceil(min((rows[-1] + 1.5) * sy, box[3])))
    if x0 >= x1 or y0 >= y1:
        return CroppedMask.empty(height, width)
    # Pixel centres lie at half-integers, as in the resize that made the network's input.
    to_source = np.array(
        [[1 / sx, 0, (x0 + 0.5) / sx - 0.5], [0, 1 / sy, (y0 + 0.5) / sy - 0.5]], np.float64
    )
    fine = cv2.warpAffine(
        np.ascontiguousarray(logits, np.float32),
        to_source,
        (x1 - x0, y1 - y0),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return CroppedMask.trimmed(height, width, x0, y0, fine > cut)
