"""The shape of a parallel gripper."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Gripper:
    """Two fingers and a palm, as boxes; the defaults are about a Franka Hand.

    The hand's frame: z points from the palm to the object (approach), y from one finger to the
    other (closing), x completes the right-handed frame; the origin is midway between the
    fingertips. These are the axes of MoveIt's ``panda_hand``, moved to the fingertips.

    Attributes:
        max_width: Largest distance between the fingers' inner sides, metres.
        finger_length: From the palm to the fingertips, along z, metres.
        finger_thickness: Of one finger along y, metres.
        finger_width: Of one finger along x, metres.
        palm_width: Of the palm along y, metres.
        palm_depth: Of the palm along z, metres.
        palm_height: Of the palm along x, metres.
        clearance: Distance kept from everything but the object, and on either side of the object
            while the hand comes near, metres.
        friction: Coefficient between the fingers and the object.

    Raises:
        ValueError: If one of them is not positive.
    """

    max_width: float = 0.08
    finger_length: float = 0.045
    finger_thickness: float = 0.014
    finger_width: float = 0.02
    palm_width: float = 0.2
    palm_depth: float = 0.065
    palm_height: float = 0.06
    clearance: float = 0.004
    friction: float = 0.5

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f'{field.name} of a gripper is positive, got {self}.')

    @property
    def friction_cosine(self) -> float:
        """Cosine of the half angle of the friction cone."""
        return float(1 / np.hypot(1, self.friction))

    def solids(self, width: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the boxes of both fingers and the palm, opened to a width.

        Returns:
            Lowest and highest corners, float64 (3, 3) each, in the hand's frame; the first finger
            is the one at negative y.
        """
        x, outer = self.finger_width / 2, width / 2 + self.finger_thickness
        length, palm = self.finger_length, self.palm_height / 2
        side, back = self.palm_width / 2, self.finger_length + self.palm_depth
        low = [[-x, -outer, -length], [-x, width / 2, -length], [-palm, -side, -back]]
        high = [[x, -width / 2, 0.0], [x, outer, 0.0], [palm, side, -length]]
        return np.array(low), np.array(high)
