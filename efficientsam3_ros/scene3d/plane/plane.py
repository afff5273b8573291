"""A plane with a side that is up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Plane:
    """All points p with ``normal @ p + offset == 0``.

    Attributes:
        normal: float64 (3,), of length 1; points to the upper side.
        offset: Height of the origin, the camera, above the plane, metres.
    """

    normal: np.ndarray
    offset: float

    def heights(self, points: np.ndarray) -> np.ndarray:
        """Return how far points (..., 3) are above the plane, float64 (...), metres."""
        return np.asarray(points, np.float64) @ self.normal + self.offset

    def below(self, point: np.ndarray) -> np.ndarray:
        """Return the point of the plane nearest to a point (3,)."""
        return np.asarray(point - self.heights(point) * self.normal)
