"""Windows all over a still, rated by what they show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np

from efficientsam3_ros.datasets.stills.camera_path import Window

WIDTHS = (0.42, 0.5, 0.58, 0.66)
"""Window widths that are tried, shares of the still's width."""
_STEPS = 80
"""Places of a window, if it had no width, across the still."""
_MARGIN = 0.02
"""Share of the still that stays beyond a window, so that it can turn a little."""
_APART = 0.06
"""How far, in window widths, an object lies within the window to be shown, or beyond it to be left
out."""
_UNLABELED, _DISTANCE, _ASIDE = 2.0, 0.3, 0.1
"""What a window full of unlabeled pixels costs, a way of one window width, and a window one width
beside the middle of all objects, where a window that shows all objects whole is worth 1."""


@dataclass(frozen=True, eq=False)
class WindowGrid:
    """N windows of a still with G objects; at least one window.

    Attributes:
        numbers: (G,) ids of the objects, ascending.
        places: float64 (N, 3): middle column, middle row and width, pixels of the still.
        shown: float64 (G, N) share of each object's pixels in the window less a margin.
        without: bool (G, N) whether an object lies beyond the window and a margin.
        unlabeled: float64 (N,) share of a window's pixels of which nothing is known.
        aside: float64 (N,) window widths from the middle of all objects.
    """

    numbers: np.ndarray
    places: np.ndarray
    shown: np.ndarray
    without: np.ndarray
    unlabeled: np.ndarray
    aside: np.ndarray

    @classmethod
    def of(cls, ids: np.ndarray, unlabeled: np.ndarray, aspect: float) -> WindowGrid:
        """Rate all windows.

        Args:
            ids: uint16 (H, W) object ids, 0 = none.
            unlabeled: bool (H, W) where nothing is known.
            aspect: Height of a window over its width.
        """
        numbers = np.flatnonzero(np.bincount(ids.ravel()))
        numbers = numbers[numbers > 0]
        height, width = ids.shape
        boxes = _boxes(height, width, aspect)
        x0, y0, x1, y1 = boxes.T
        apart = np.rint(_APART * (x1 - x0)).astype(int)
        margin = np.column_stack([apart, apart, -apart, -apart])
        near = np.clip(boxes - margin, 0, [width, height] * 2)
        shown, without = [], []
        for number in numbers:
            table = cv2.integral((ids == number).astype(np.uint8))
            shown.append(_sums(table, boxes + margin) / table[-1, -1])
            without.append(_sums(table, near) == 0)
        dark = _sums(cv2.integral(unlabeled.astype(np.uint8)), boxes)
        middle = np.column_stack([(x0 + x1 - 1) / 2, (y0 + y1 - 1) / 2])
        return cls(
            numbers,
            np.column_stack([middle, x1 - x0]),
            np.reshape(shown, (len(numbers), len(boxes))),
            np.reshape(without, (len(numbers), len(boxes))).astype(bool),
            dark / ((x1 - x0) * (y1 - y0)),
            np.hypot(*(middle - _middle(ids)).T) / (x1 - x0),
        )

    def views(self, leaving: Collection[int] | None = None) -> tuple[int, Window, Window]:
        """Return an object that can leave the picture, and the windows with and without it.

        The window with it shows most of all objects; the one without it, most of the others. Of
        all objects that is taken which leaves the best pair; id 0, and one window twice, if no
        window leaves any object out.

        Args:
            leaving: Ids of the objects that may leave; all without.
        """
        cost = _UNLABELED * self.unlabeled + _ASIDE * self.aside
        whole = self.shown.mean(axis=0) if len(self.numbers) else np.zeros(len(self.places))
        home = int(np.argmax(whole - cost))
        best, answer = -np.inf, (0, self._window(home), self._window(home))
        for row, number in enumerate(self.numbers):
            if leaving is not None and number not in leaving:
                continue
            others = np.delete(self.shown, row, axis=0)
            rest = others.mean(axis=0) if len(others) else np.zeros(len(self.places))
            with_it = int(np.argmax(self.shown[row] + whole - cost))
            distance = np.hypot(*(self.places[:, :2] - self.places[with_it, :2]).T)
            value = rest - cost - _DISTANCE * distance / self.places[with_it, 2]
            value[~self.without[row]] = -np.inf
            away = int(np.argmax(value))
            total = value[away] + whole[with_it] + self.shown[row, with_it] - cost[with_it]
            if total > best:
                best = total
                answer = int(number), self._window(with_it), self._window(away)
        return answer

    def _window(self, index: int) -> Window:
        return Window(*map(float, self.places[index]))


def outline(mask: np.ndarray) -> np.ndarray:
    """Return float64 (N, 2): columns and rows of the convex hull of a mask (bool, H, W)."""
    rows, columns = np.nonzero(mask)
    points = np.column_stack([columns, rows]).astype(np.int32)
    return np.asarray(cv2.convexHull(points).reshape(-1, 2), float)


def _middle(ids: np.ndarray) -> np.ndarray:
    """Return (column, row) of the middle of the box around all objects; of the still if none."""
    rows, columns = np.nonzero(ids if ids.any() else np.ones_like(ids))
    return np.array([columns.min() + columns.max(), rows.min() + rows.max()]) / 2


def _boxes(height: int, width: int, aspect: float) -> np.ndarray:
    """Return int64 (N, 4): left, top, right and bottom (exclusive) of all windows."""
    found, step = [], max(1, width // _STEPS)
    edge_x, edge_y = round(_MARGIN * width), round(_MARGIN * height)
    most = min(width - 2 * edge_x, (height - 2 * edge_y) / aspect)
    for share in WIDTHS:
        wide = int(min(share * width, most))
        high = int(wide * aspect)
        x, y = np.meshgrid(
            np.arange(edge_x, width - edge_x - wide + 1, step),
            np.arange(edge_y, height - edge_y - high + 1, step),
        )
        left, top = x.ravel(), y.ravel()
        found.append(np.column_stack([left, top, left + wide, top + high]))
    return np.concatenate(found)


def _sums(table: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the sums inside boxes by a summed-area table."""
    x0, y0, x1, y1 = boxes.T
    return np.asarray(table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0])
