"""The rectangle that points in a plane suggest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.box.axis_aligned import TRIM_PERCENT

_POINTS = 1500
_COARSE_DEG, _FINE_DEG = 1.5, 0.15
_SIMILAR_AREA = 1.1
_NEAREST_SHARE = 0.02
# A rectangle's area doubles at least where it is turned by 45 degrees; a disc's stays.
_ROUND = 1.25


@dataclass(frozen=True, eq=False)
class Rectangle:
    """A rectangle in a plane.

    Attributes:
        center: float64 (2,).
        axis: float64 (2,), of length 1, along ``size[0]``; the other axis is it turned by +90
            degrees.
        size: float64 (2,), lengths of the edges.
    """

    center: np.ndarray
    axis: np.ndarray
    size: np.ndarray


def fit_rectangle(flat: np.ndarray) -> Rectangle:
    """Fit a rectangle that leaves out half a percent of the points on each side.

    The smallest area decides. Where two sides of a box are all that is seen, the points form an
    L, and a rectangle along its diagonal is as small as the right one; so among angles of nearly
    the same area the one wins whose edges have the most points near them (the closeness of X.
    Zhang et al., "Efficient L-shape fitting for vehicle detection using laser scanners", 2017).
    What is round has no angle; it gets 0, so that its box does not turn from image to image.

    Args:
        flat: float64 (N, 2), metres.
    """
    points = flat[:: -(-len(flat) // _POINTS)]
    area, closeness = _fit(points, np.radians(np.arange(0, 90, _COARSE_DEG)))
    angle = 0.0
    if area.max() > _ROUND * area.min():
        coarse = np.radians(_COARSE_DEG * _best(area, closeness))
        fine = np.radians(np.arange(-_COARSE_DEG, _COARSE_DEG + _FINE_DEG / 2, _FINE_DEG))
        angle = float((coarse + fine)[_best(*_fit(points, coarse + fine))])
    axis = np.array([np.cos(angle), np.sin(angle)])
    both = np.stack([axis, [-axis[1], axis[0]]], axis=1)
    low, high = np.percentile(flat @ both, (TRIM_PERCENT, 100 - TRIM_PERCENT), axis=0)
    return Rectangle(both @ (low + high) / 2, axis, high - low)


def _fit(points: np.ndarray, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the area of the rectangle at each angle, and how close the points are to its edges.

    Returns:
        float64 (A,) each; square metres, and the mean of 1 / distance.
    """
    cos, sin = np.cos(angles), np.sin(angles)
    along = np.stack([points @ [cos, sin], points @ [-sin, cos]])  # (2, N, A)
    low, high = np.percentile(along, (TRIM_PERCENT, 100 - TRIM_PERCENT), axis=1)
    sides = high - low
    edge = np.minimum(along - low[:, None], high[:, None] - along).min(axis=0)
    nearest = _NEAREST_SHARE * float(np.hypot(*sides).min()) + 1e-9
    closeness = (1 / np.maximum(np.abs(edge), nearest)).mean(axis=0)
    return np.asarray(sides.prod(axis=0)), np.asarray(closeness)


def _best(area: np.ndarray, closeness: np.ndarray) -> int:
    similar = area <= _SIMILAR_AREA * area.min() + 1e-12
    return int(np.where(similar, closeness, -1.0).argmax())
