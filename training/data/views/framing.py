"""Which part of a picture becomes the network's input."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

CENTERED_SHARE = 0.7
"""How often a part is chosen so that it holds the middle of some thing."""


@dataclass(frozen=True)
class Frame:
    """One part of a picture, resized and perhaps mirrored.

    Attributes:
        top: First row.
        left: First column.
        rows: Rows of the part.
        columns: Columns of the part.
        size: (height, width) that it is resized to.
        mirrored: Whether left and right change places.
    """

    top: int
    left: int
    rows: int
    columns: int
    size: tuple[int, int]
    mirrored: bool = False

    def image(self, rgb: np.ndarray) -> np.ndarray:
        """Return the part of a picture, uint8 (height, width, 3)."""
        shrunk = self.rows >= 1.5 * self.size[0] and self.columns >= 1.5 * self.size[1]
        return self._resized(rgb, cv2.INTER_AREA if shrunk else cv2.INTER_LINEAR)

    def labels(self, ids: np.ndarray) -> np.ndarray:
        """Return the part of an id image or of a mask, int32 (height, width)."""
        return self._resized(ids.astype(np.int32), cv2.INTER_NEAREST)

    def box(self, box: tuple[float, float, float, float]) -> tuple[np.ndarray, float]:
        """Return where a box is now, float (4,), cut at the edges, and how much is left of it.

        Args:
            box: (x0, y0, x1, y1), pixels of the picture.

        Returns:
            Pixels of the part, and the share of the box's area that is in view.
        """
        height, width = self.size
        scale = np.array([width / self.columns, height / self.rows] * 2)
        moved = (np.array(box) - [self.left, self.top] * 2) * scale
        if self.mirrored:
            moved[[0, 2]] = width - moved[[2, 0]]
        seen = np.clip(moved, 0, [width, height] * 2)
        area = max(1e-6, float(np.prod(moved[2:] - moved[:2])))
        return seen, max(0.0, float(np.prod(seen[2:] - seen[:2]))) / area

    def _resized(self, image: np.ndarray, how: int) -> np.ndarray:
        part = image[self.top : self.top + self.rows, self.left : self.left + self.columns]
        height, width = self.size
        part = cv2.resize(part, (width, height), interpolation=how)
        return np.ascontiguousarray(part[:, ::-1]) if self.mirrored else part


@dataclass(frozen=True)
class Framing:
    """How parts are chosen.

    Attributes:
        least: Smallest side of a part, as a share of the largest that fits.
        whole: How often it is the whole picture, resized as the robot does: without regard to
            its proportions.
        skew: Half range of the logarithm of the proportions' change.
        mirrored: How often left and right change places.
    """

    least: float = 0.6
    whole: float = 0.3
    skew: float = 0.12
    mirrored: float = 0.5

    def __call__(
        self,
        shape: tuple[int, int],
        size: tuple[int, int],
        middles: np.ndarray,
        rng: np.random.Generator,
    ) -> Frame:
        """Choose a part.

        Args:
            shape: (height, width) of the picture.
            size: (height, width) of the network's input.
            middles: float (N, 2), x and y of things, pixels; the part holds one of them, mostly.
            rng: Source of randomness.
        """
        mirrored = bool(rng.random() < self.mirrored)
        height, width = shape
        if rng.random() < self.whole:
            return Frame(0, 0, height, width, size, mirrored)
        aspect = size[1] / size[0] * float(np.exp(rng.uniform(-self.skew, self.skew)))
        side = rng.uniform(self.least, 1.0)
        columns = max(8, min(width, round(min(width, height * aspect) * side)))
        rows = max(8, min(height, round(columns / aspect)))
        x, y = rng.integers(width - columns + 1), rng.integers(height - rows + 1)
        if len(middles) and rng.random() < CENTERED_SHARE:
            middle = middles[rng.integers(len(middles))]
            share = rng.uniform(0.15, 0.85, 2)
            x = np.clip(round(middle[0] - share[0] * columns), 0, width - columns)
            y = np.clip(round(middle[1] - share[1] * rows), 0, height - rows)
        return Frame(int(y), int(x), rows, columns, size, mirrored)


WHOLE = Framing(1.0, 1.0, 0.0, 0.0)
"""The whole picture as it is."""
