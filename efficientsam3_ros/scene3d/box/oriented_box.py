"""A box anywhere in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EDGES = tuple((a, b) for a in range(8) for b in range(a + 1, 8) if (a ^ b).bit_count() == 1)
"""Pairs of indices into ``OrientedBox.corners()`` that an edge joins."""


@dataclass(frozen=True, eq=False)
class OrientedBox:
    """A box as ``vision_msgs/BoundingBox3D`` and MoveIt's ``BOX`` have it.

    Attributes:
        center: float64 (3,), metres.
        rotation: float64 (3, 3), right-handed; its columns are the box's axes x, y and z.
        size: float64 (3,), lengths of the edges along these axes, metres, positive.
    """

    center: np.ndarray
    rotation: np.ndarray
    size: np.ndarray

    @property
    def volume(self) -> float:
        """Cubic metres."""
        return float(np.prod(self.size))

    def corners(self) -> np.ndarray:
        """Return float64 (8, 3); bits 0, 1 and 2 of the index say plus along x, y and z."""
        signs = (np.arange(8)[:, None] >> np.arange(3) & 1) - 0.5
        return np.asarray(self.center + (signs * self.size) @ self.rotation.T)

    def inside(self, points: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """Tell which points (..., 3) the box, wider by a margin on each side, contains."""
        own = np.abs((points - self.center) @ self.rotation)
        return np.asarray((own <= self.size / 2 + margin).all(axis=-1))

    def quaternion(self) -> np.ndarray:
        """Return the rotation as float64 (4,): x, y, z, w, of length 1, w not negative."""
        turn = self.rotation
        # The largest component is found first, so that nothing is divided by almost zero.
        squares = 1 + np.array([1, -1, -1, 1]) * turn[0, 0]
        squares = squares + np.array([-1, 1, -1, 1]) * turn[1, 1]
        squares = squares + np.array([-1, -1, 1, 1]) * turn[2, 2]
        x, y, z = (turn[2, 1], turn[1, 2]), (turn[0, 2], turn[2, 0]), (turn[1, 0], turn[0, 1])
        sums = [[0, sum(z), sum(y), x[0] - x[1]], [sum(z), 0, sum(x), y[0] - y[1]]]
        sums += [[sum(y), sum(x), 0, z[0] - z[1]]]
        sums += [[x[0] - x[1], y[0] - y[1], z[0] - z[1], 0]]
        largest = int(squares.argmax())
        result = np.array(sums[largest], np.float64)
        result[largest] = squares[largest]
        result /= np.linalg.norm(result)
        return result if result[3] >= 0 else -result
