"""The measures and forces of the simulated gripper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HandShape:
    """A parallel gripper: a palm and two fingers that close alike, all boxes.

    The hand's frame: z points from the palm to the object (approach), y from one finger to the
    other (closing), x completes the right-handed frame; the origin is midway between the
    fingertips. About the palm of a Franka Hand with opening and fingers of a Robotiq 2F-85.

    Attributes:
        opening: Largest distance between the fingers' inner sides, metres.
        finger_length: From the palm to the fingertips, along z, metres.
        finger_thickness: Of one finger along y, its pad included, metres.
        finger_width: Of one finger along x, metres.
        pad_thickness: Of the pad inside a finger, metres.
        palm_width: Of the palm along y, metres.
        palm_depth: Of the palm along z, metres.
        palm_height: Of the palm along x, metres.
        friction: Coefficient between pads and objects.
        torsion: Friction of a pad against turning about its normal, metres.
        force: With which each finger presses at most, newtons.
    """

    opening: float = 0.085
    finger_length: float = 0.06
    finger_thickness: float = 0.014
    finger_width: float = 0.02
    pad_thickness: float = 0.003
    palm_width: float = 0.2
    palm_depth: float = 0.065
    palm_height: float = 0.06
    friction: float = 0.8
    torsion: float = 0.01
    force: float = 30.0


DEFAULT_SHAPE = HandShape()
