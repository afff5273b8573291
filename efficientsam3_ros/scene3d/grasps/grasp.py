"""One way to take hold of an object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Grasp:
    """A pose of the hand.

    Attributes:
        pose: float64 (4, 4), takes points of the hand's frame (see ``Gripper``) to the camera's
            optical frame.
        width: Distance between the fingers before they close, metres: the object's extent and the
            clearance on either side, or more where there is room.
        score: 0..1, for comparing grasps of one object; no probability.
        contacts: float64 (2, 3), where the fingers touch, metres, optical frame.
        sides_seen: Whether the camera sees the surface that each finger touches.
    """

    pose: np.ndarray
    width: float
    score: float
    contacts: np.ndarray
    sides_seen: tuple[bool, bool]

    @property
    def approach(self) -> np.ndarray:
        """Direction in which the hand comes, float64 (3,)."""
        return np.asarray(self.pose[:3, 2])

    def is_like(self, other: Grasp, distance: float, angle_deg: float) -> bool:
        """Tell whether two grasps are nearly the same; a hand turned by 180 degrees is."""
        if np.linalg.norm(self.pose[:3, 3] - other.pose[:3, 3]) > distance:
            return False
        least = np.cos(np.radians(angle_deg))
        axes = (self.pose[:3, :3] * other.pose[:3, :3]).sum(axis=0)
        return bool(axes[2] > least and abs(axes[1]) > least)
