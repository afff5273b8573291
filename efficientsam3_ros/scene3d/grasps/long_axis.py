"""Where an object points: hands are tried along and across it."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.box.axes import facing
from efficientsam3_ros.scene3d.box.rectangle import fit_rectangle

_MIN_POINTS = 3


def long_axis(points: np.ndarray, up: np.ndarray | None) -> np.ndarray | None:
    """Return an edge of the rectangle that the points suggest when they are seen from above.

    Args:
        points: float64 (N, 3), of the object, optical frame.
        up: float64 (3,), of length 1; the view if not known.

    Returns:
        float64 (3,), of length 1, perpendicular to up; None of fewer than three points.
    """
    if len(points) < _MIN_POINTS:
        return None
    if up is None:
        middle = points.mean(axis=0)
        up = -middle / np.linalg.norm(middle)
    turn = facing(up)
    return np.asarray(turn[:, :2] @ fit_rectangle((points @ turn)[:, :2]).axis)
