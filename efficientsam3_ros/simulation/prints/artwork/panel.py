"""Drawing surface whose unit is its height, so that circles stay round on the thing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from efficientsam3_ros.simulation.prints.forms.patch import Cell

Color = tuple[int, int, int]
_OVERSAMPLING = 2
_SHIFT = 4


@dataclass(frozen=True)
class Panel:
    """Part of a picture; x from 0 to ``aspect``, y from 0 (top) to 1.

    Attributes:
        pixels: uint8 (h, w, 3) RGB, drawn into.
        aspect: Width by height of the printed surface, whatever its pixels are.
    """

    pixels: np.ndarray
    aspect: float

    @property
    def scale(self) -> np.ndarray:
        """Pixels per unit, float64 (2,): x and y."""
        height, width = self.pixels.shape[:2]
        return np.array([width / self.aspect, height])

    def part(self, left: float, top: float, right: float, bottom: float) -> Panel:
        """Return a rectangle of it, in shares of width and height, as a panel of its own."""
        height, width = self.pixels.shape[:2]
        x0, x1 = round(left * width), max(round(right * width), round(left * width) + 2)
        y0, y1 = round(top * height), max(round(bottom * height), round(top * height) + 2)
        aspect = self.aspect * (right - left) / (bottom - top)
        return Panel(self.pixels[y0:y1, x0:x1], aspect)

    def fill(self, color: Color) -> None:
        """Cover everything."""
        self.pixels[:] = color

    def gradient(self, top: Color, bottom: Color) -> None:
        """Cover everything from one color at the top to another at the bottom."""
        share = np.linspace(0, 1, len(self.pixels))[:, None, None]
        self.pixels[:] = (np.array(top) * (1 - share) + np.array(bottom) * share).astype(np.uint8)

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, color: Color
    ) -> None:
        """Fill a rectangle, in units."""
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self.polygon(np.array(corners), color)

    def polygon(self, points: np.ndarray, color: Color) -> None:
        """Fill a polygon (P, 2), in units."""
        fixed = np.round(points * self.scale * 2**_SHIFT).astype(np.int32)
        cv2.fillPoly(self.pixels, [fixed.reshape(-1, 1, 2)], color, cv2.LINE_AA, _SHIFT)

    def line(self, points: np.ndarray, width: float, color: Color) -> None:
        """Draw a line along (P, 2), in units."""
        fixed = np.round(points * self.scale * 2**_SHIFT).astype(np.int32)
        thickness = max(1, round(width * float(self.scale[1])))
        cv2.polylines(
            self.pixels, [fixed.reshape(-1, 1, 2)], False, color, thickness, cv2.LINE_AA, _SHIFT
        )

    def ellipse(
        self, center: Sequence[float], radii: Sequence[float], color: Color, degrees: float = 0.0
    ) -> None:
        """Fill an ellipse, in units, turned clockwise."""
        self.polygon(outline(center, radii, degrees), color)

    def tint(self, mask: np.ndarray, left: int, top: int, color: Color) -> None:
        """Mix a color in where ``mask`` (h, w), 0 to 255, is; what sticks out is cut off."""
        image = np.empty((*mask.shape, 3), np.uint8)
        image[:] = color
        self.paste(image, mask.astype(np.float32) / 255, left, top)

    def paste(self, image: np.ndarray, mask: np.ndarray, left: int, top: int) -> None:
        """Lay a picture over; what sticks out is cut off.

        Args:
            image: uint8 (h, w, 3).
            mask: float32 (h, w), 0 to 1.
            left: Column of the picture's first one; may be negative.
            top: Row of its first one; may be negative.
        """
        height, width = self.pixels.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + mask.shape[1], width), min(top + mask.shape[0], height)
        if x0 >= x1 or y0 >= y1:
            return
        window = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        share = np.ascontiguousarray(mask[window], np.float32)
        above, below = np.ascontiguousarray(image[window]), self.pixels[y0:y1, x0:x1]
        below[:] = cv2.blendLinear(np.ascontiguousarray(below), above, 1 - share, share)

    def shade(self, factor: np.ndarray) -> None:
        """Multiply by ``factor``, (h, w) or with sides of 1."""
        whole = np.broadcast_to(factor.astype(np.float32), self.pixels.shape[:2])
        each = cv2.merge([np.ascontiguousarray(whole)] * 3)
        self.pixels[:] = cv2.multiply(np.ascontiguousarray(self.pixels), each, dtype=cv2.CV_8U)


class Sheet:
    """The texture of one thing, drawn larger than it is and shrunk once.

    Args:
        size: Pixels of each side.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._pixels = np.full((_OVERSAMPLING * size,) * 2 + (3,), 128, np.uint8)

    def panel(self, cell: Cell, aspect: float) -> Panel:
        """Return the panel of a place whose surface is ``aspect`` times as wide as high."""
        side = len(self._pixels)
        left, top, right, bottom = (
            round(side * share) for share in (cell.left, cell.top, cell.right, cell.bottom)
        )
        return Panel(self._pixels[top:bottom, left:right], aspect)

    def finished(self) -> np.ndarray:
        """Return uint8 (size, size, 3) RGB."""
        return cv2.resize(self._pixels, (self._size, self._size), interpolation=cv2.INTER_AREA)


def outline(
    center: Sequence[float], radii: Sequence[float], degrees: float = 0.0, count: int = 40
) -> np.ndarray:
    """Return (count, 2) points of an ellipse turned clockwise, in units."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.stack([radii[0] * np.cos(angle), radii[1] * np.sin(angle)], 1)
    return turned(points, degrees) + np.array(center)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Turn (P, 2) points clockwise about the origin."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[cos, sin], [-sin, cos]])
