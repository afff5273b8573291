"""A camera over a still picture: the window that it sees, and a smooth path of windows."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
import math

import numpy as np


@dataclass(frozen=True)
class Window:
    """The part of a still that fills a picture.

    Attributes:
        x: Column of its middle, pixels of the still.
        y: Row of its middle.
        width: How many of the still's pixels the picture's width shows.
        angle: Turn against the still, radians, clockwise as it is seen.
    """

    x: float
    y: float
    width: float
    angle: float = 0.0

    def matrix(self, height: int, width: int) -> np.ndarray:
        """Return float64 (2, 3) from a picture's pixel (column, row) to the still's.

        Args:
            height: Of the picture, pixels.
            width: Of the picture.
        """
        scale = self.width / width
        cos, sin = scale * math.cos(self.angle), scale * math.sin(self.angle)
        turn = np.array([[cos, -sin], [sin, cos]])
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        return np.column_stack([turn, np.array([self.x, self.y]) - turn @ middle])

    def seen(self, points: np.ndarray, aspect: float) -> np.ndarray:
        """Return where points of the still lie in the picture.

        Args:
            points: float (N, 2): column and row in the still.
            aspect: Height of the picture over its width.

        Returns:
            float64 (N, 2): shares of width and height; inside the picture both are in 0..1.
        """
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        away = np.asarray(points, float) - (self.x, self.y)
        turned = away @ np.array([[cos, -sin], [sin, cos]])
        return np.asarray(0.5 + turned / (self.width, aspect * self.width))

    def corners(self, aspect: float) -> np.ndarray:
        """Return float64 (4, 2): the corners, columns and rows of the still.

        Args:
            aspect: Height over width.
        """
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        away = signs * (self.width / 2, aspect * self.width / 2)
        return np.asarray(away @ np.array([[cos, sin], [-sin, cos]]) + (self.x, self.y))


@dataclass(frozen=True)
class Stop:
    """Where the camera is at a moment.

    Attributes:
        second: From the begin of the film.
        window: What it sees then.
    """

    second: float
    window: Window


@dataclass(frozen=True)
class CameraPath:
    """Windows over time, without a jerk: the camera slows down at each stop and speeds up again.

    Attributes:
        stops: In the order of their seconds, at least one.
    """

    stops: tuple[Stop, ...]

    @property
    def seconds(self) -> float:
        """When the last stop is reached."""
        return self.stops[-1].second

    def at(self, second: float) -> Window:
        """Return the window of a moment; before the first and after the last stop it rests."""
        place = bisect_right([stop.second for stop in self.stops], second)
        before = self.stops[max(place - 1, 0)]
        after = self.stops[min(place, len(self.stops) - 1)]
        duration = after.second - before.second
        share = _eased((second - before.second) / duration) if duration > 0 else 0.0
        return _between(before.window, after.window, share)

    def windows(self, fps: float) -> tuple[Window, ...]:
        """Return the window of every frame at a rate of ``fps`` frames a second."""
        return tuple(self.at(n / fps) for n in range(math.floor(self.seconds * fps) + 1))


def _eased(share: float) -> float:
    """Return 0..1 for 0..1, with neither speed nor acceleration at the ends."""
    return share**3 * (10 - 15 * share + 6 * share**2)


def _between(first: Window, second: Window, share: float) -> Window:
    """Mix two windows; the width goes in equal ratios, as a zoom does."""
    return Window(
        first.x + share * (second.x - first.x),
        first.y + share * (second.y - first.y),
        first.width * (second.width / first.width) ** share,
        first.angle + share * (second.angle - first.angle),
    )
