"""The frame in which results are given, and the direction up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d import OrientedBox


@dataclass(frozen=True, eq=False)
class Placing:
    """Takes what was found in the camera's frame to the output frame.

    Attributes:
        frame_id: The output frame.
        matrix: float64 (4, 4), from the camera's optical frame; None where they are the same.
        up: float64 (3,), against gravity in the camera's frame; None where it is not known.
    """

    frame_id: str
    matrix: np.ndarray | None = None
    up: np.ndarray | None = None

    def points(self, points: np.ndarray) -> np.ndarray:
        """Return points (..., 3) in the output frame, of the same type; NaN stays NaN."""
        if self.matrix is None:
            return points
        turn, move = self.matrix[:3, :3].astype(points.dtype), self.matrix[:3, 3]
        return points @ turn.T + move.astype(points.dtype)

    def pose(self, pose: np.ndarray) -> np.ndarray:
        """Return a pose (4, 4) in the output frame."""
        return pose if self.matrix is None else self.matrix @ pose

    def box(self, box: OrientedBox) -> OrientedBox:
        """Return a box in the output frame."""
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = box.rotation, box.center
        placed = self.pose(pose)
        return OrientedBox(placed[:3, 3], placed[:3, :3], box.size)
