"""Row-major run lengths inside a region of interest: the mask form of the messages.

COCO run lengths are column-major over the whole image; do not mix the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Rle:
    """A binary mask as run lengths.

    Attributes:
        height: Rows of the full image, pixels.
        width: Columns of the full image, pixels.
        x: Left column of the region of interest.
        y: Top row of the region of interest.
        roi_height: Rows of the region of interest; 0 for an empty mask.
        roi_width: Columns of the region of interest; 0 for an empty mask.
        counts: uint32 (n,) run lengths, row-major inside the region, background first.

    Raises:
        ValueError: If the region leaves the image or the runs do not fill the region.
    """

    height: int
    width: int
    x: int
    y: int
    roi_height: int
    roi_width: int
    counts: np.ndarray

    def __post_init__(self) -> None:
        inside = (
            min(self.x, self.y, self.roi_height, self.roi_width) >= 0
            and self.x + self.roi_width <= self.width
            and self.y + self.roi_height <= self.height
        )
        if not inside:
            raise ValueError(
                f'Region {self.roi_width}x{self.roi_height}+{self.x}+{self.y} leaves the '
                f'{self.width}x{self.height} image.'
            )
        total = int(self.counts.sum(dtype=np.uint64))
        if total != self.roi_height * self.roi_width:
            raise ValueError(
                f'Run lengths add up to {total} pixels, the region has '
                f'{self.roi_height * self.roi_width}; the mask is truncated or damaged.'
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rle):
            return NotImplemented
        return self._frame() == other._frame() and np.array_equal(self.counts, other.counts)

    def __hash__(self) -> int:
        return hash((self._frame(), self.counts.tobytes()))

    def _frame(self) -> tuple[int, ...]:
        return self.height, self.width, self.x, self.y, self.roi_height, self.roi_width

    @classmethod
    def empty(cls, height: int, width: int) -> Rle:
        """Return the mask without any pixel."""
        return cls(height, width, 0, 0, 0, 0, np.zeros(0, np.uint32))

    @classmethod
    def encode(cls, mask: np.ndarray) -> Rle:
        """Encode a mask.

        Args:
            mask: (H, W) array; non-zero is foreground.
        """
        if mask.ndim != 2:
            raise ValueError(f'A mask has two dimensions, got shape {mask.shape}.')
        mask = mask if mask.dtype == bool else mask != 0
        height, width = mask.shape
        rows = np.flatnonzero(mask.any(axis=1))
        if rows.size == 0:
            return cls.empty(height, width)
        y0, y1 = int(rows[0]), int(rows[-1]) + 1
        cols = np.flatnonzero(mask[y0:y1].any(axis=0))
        x0, x1 = int(cols[0]), int(cols[-1]) + 1
        flat = mask[y0:y1, x0:x1].reshape(-1)
        edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        bounds = np.concatenate(([0], edges, [flat.size]))
        counts = np.diff(bounds)
        if flat[0]:
            counts = np.concatenate(([0], counts))
        return cls(height, width, x0, y0, y1 - y0, x1 - x0, counts.astype(np.uint32))

    @property
    def area(self) -> int:
        """Number of foreground pixels."""
        return int(self.counts[1::2].sum(dtype=np.uint64))

    @property
    def box_xyxy(self) -> tuple[int, int, int, int]:
        """Tight box (x0, y0, x1, y1) in pixels, x1 and y1 exclusive; zeros when empty."""
        return self.x, self.y, self.x + self.roi_width, self.y + self.roi_height

    def roi_slices(self) -> tuple[slice, slice]:
        """Return the (rows, columns) slices of the region in the full image."""
        return slice(self.y, self.y + self.roi_height), slice(self.x, self.x + self.roi_width)

    def crop(self) -> np.ndarray:
        """Decode the region only: bool (roi_height, roi_width)."""
        values = np.arange(self.counts.size) % 2 == 1
        flat = np.repeat(values, self.counts.astype(np.int64))
        return flat.reshape(self.roi_height, self.roi_width)

    def decode(self) -> np.ndarray:
        """Decode the full mask: bool (height, width)."""
        mask = np.zeros((self.height, self.width), bool)
        if self.counts.size:
            mask[self.roi_slices()] = self.crop()
        return mask
