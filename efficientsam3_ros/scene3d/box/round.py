"""The circle that goes on behind what is seen of a round thing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BINS = 15
_MIN_BINS = 8
_MIN_POINTS = 60
_NEAR_PERCENT = 5.0
_TRIM_PERCENT = 1.0
_RESIDUAL, _RESIDUAL_M = 0.05, 0.0015
_WIDTH = 0.85, 1.2
_BEYOND, _BEYOND_SHARE = 1.08, 0.03


@dataclass(frozen=True, eq=False)
class Circle:
    """A circle in a plane.

    Attributes:
        center: float64 (2,), metres.
        radius: Metres.
    """

    center: np.ndarray
    radius: float


def round_footprint(flat: np.ndarray, away: np.ndarray) -> Circle | None:
    """Return the circle of which the side towards the camera is seen from above; None if none is.

    Of a ball or a bottle the camera sees the near half alone, but that half tells the rest: its
    outline is an arc as wide as the thing is. Straight outlines, corners, and things of which
    points lie outside of the circle are not round.

    Args:
        flat: float64 (N, 2), points seen from above, metres.
        away: (2,), of length 1, from the camera.
    """
    if len(flat) < _MIN_POINTS:
        return None
    across, depth = flat @ [-away[1], away[0]], flat @ away
    low, high = np.percentile(across, (_TRIM_PERCENT, 100 - _TRIM_PERCENT))
    outline = _near_outline(across, depth, low, high)
    if len(outline) < _MIN_BINS:
        return None
    circle = _fit(outline)
    width = (high - low) / 2
    if not _WIDTH[0] * width <= circle.radius <= _WIDTH[1] * width:
        return None
    off = np.linalg.norm(outline - circle.center, axis=1) - circle.radius
    if np.sqrt((off**2).mean()) > max(_RESIDUAL * circle.radius, _RESIDUAL_M):
        return None
    own = np.stack([across, depth], axis=1)
    beyond = np.linalg.norm(own - circle.center, axis=1) > _BEYOND * circle.radius
    if beyond.mean() > _BEYOND_SHARE:
        return None
    x, y = circle.center
    return Circle(x * np.array([-away[1], away[0]]) + y * away, circle.radius)


def _near_outline(across: np.ndarray, depth: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the nearest points of strips along the view, float64 (B, 2)."""
    strips = np.floor((across - low) / max(high - low, 1e-9) * _BINS).astype(np.int64)
    found = []
    for strip in range(_BINS):
        inside = strips == strip
        if inside.sum() >= 3:
            middle = low + (strip + 0.5) * (high - low) / _BINS
            found.append((middle, np.percentile(depth[inside], _NEAR_PERCENT)))
    return np.array(found).reshape(-1, 2)


def _fit(points: np.ndarray) -> Circle:
    """Fit a circle by linear least squares (I. Kasa, 1976)."""
    sides = np.column_stack([2 * points, np.ones(len(points))])
    x, y, rest = np.linalg.lstsq(sides, (points**2).sum(axis=1), rcond=None)[0]
    return Circle(np.array([x, y]), float(np.sqrt(max(rest + x * x + y * y, 0.0))))
