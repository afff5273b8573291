"""Where a picture, or a part of it, lies in the network's input."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.data.views.framing import Frame

_FILL = 127
"""Beside a picture: SAM 3's mean, which is zero once prepared."""


@dataclass(frozen=True)
class Placement:
    """A part of a picture somewhere in the input.

    Attributes:
        frame: The part, at the size that it has in the input.
        size: (height, width) of the input, pixels.
        top: First row.
        left: First column.
    """

    frame: Frame
    size: tuple[int, int]
    top: int = 0
    left: int = 0

    @classmethod
    def shrunk(cls, frame: Frame, side: float, rng: np.random.Generator) -> Placement:
        """Return a part made smaller, anywhere in the input that it would fill.

        Args:
            frame: The part, as large as the input.
            side: Share of the input's sides.
            rng: Draws the place.
        """
        height, width = (max(1, round(full * side)) for full in frame.size)
        top = int(rng.integers(frame.size[0] - height + 1))
        left = int(rng.integers(frame.size[1] - width + 1))
        return cls(replace(frame, size=(height, width)), frame.size, top, left)

    def picture(self, rgb: np.ndarray) -> np.ndarray:
        """Return the input, uint8 (height, width, 3), of a picture; gray where nothing lies."""
        canvas = np.full((*self.size, 3), _FILL, np.uint8)
        canvas[self._cells] = self.frame.image(rgb)
        return canvas

    def mask(self, mask: np.ndarray) -> np.ndarray:
        """Return bool (height, width) of a mask of the picture."""
        canvas = np.zeros(self.size, bool)
        canvas[self._cells] = self.frame.labels(mask) > 0
        return canvas

    def in_view(self, mask: np.ndarray) -> float:
        """Return the share of a mask of the picture that the part holds."""
        frame = self.frame
        rows = slice(frame.top, frame.top + frame.rows)
        columns = slice(frame.left, frame.left + frame.columns)
        return float(mask[rows, columns].sum()) / max(1, int(mask.sum()))

    @property
    def _cells(self) -> tuple[slice, slice]:
        height, width = self.frame.size
        return slice(self.top, self.top + height), slice(self.left, self.left + width)
