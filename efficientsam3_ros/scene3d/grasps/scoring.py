"""How good a hold is."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.grasps.closing import ZONE_M, Hold
from efficientsam3_ros.scene3d.grasps.collision import finger_places
from efficientsam3_ros.scene3d.grasps.gripper import Gripper
from efficientsam3_ros.scene3d.grasps.scene import GraspScene

OUTLINE = 0.3
"""Below this cosine the camera sees no surface that a finger would meet, only an outline."""
MAX_SLANT = 0.8
"""Slope of an outline; more than friction holds, as over a finger's width it is inexact."""
_OUTLINE_HIDDEN, _OUTLINE_OPEN = 0.3, 0.7
_LEAST_APPROACH, _LEAST_MIDDLE, _LEAST_DEPTH, _LEAST_INSIDE = 0.5, 0.4, 0.6, 0.5
_INSIDE_M = 0.012


def sides_seen(hold: Hold, gripper: Gripper) -> tuple[bool, bool]:
    """Tell for each finger whether a surface is seen that it meets within the friction cone."""
    one, other = hold.facing >= gripper.friction_cosine
    return bool(one), bool(other)


def slips(hold: Hold, gripper: Gripper) -> bool:
    """Tell whether a finger meets a side that is seen to be too oblique: not antipodal.

    Where there is no surface to see, the outline tells: at the edge of a lid a hand finds a chord
    that is narrow enough, and slips off. And it must be an outline: on a gently curved surface
    the fingers would come to lie flat.
    """
    oblique = (hold.facing > OUTLINE) & (hold.facing < gripper.friction_cosine)
    outline = np.abs(hold.facing) <= OUTLINE
    outline &= (hold.slant > MAX_SLANT) | ~hold.ends
    return bool((oblique | outline).any())


def score(scene: GraspScene, hold: Hold, gripper: Gripper, up: np.ndarray | None) -> float:
    """Return 0..1 from what is known of both contacts and from four preferences.

    A contact counts by its cosine where its surface is seen. Where only an outline is seen, the
    surface behind is guessed, the better the squarer a finger meets the outline and the more of
    it is in space seen to be empty. Of something as thin as a sheet it must be: what looks like
    one may be the front of a solid body.
    Preferred are holds near the middle of the object, deep ones with the contacts well inside the
    fingers, since round things are squeezed out at the tips, and an approach from above or, where
    up is not known, along the view.

    Args:
        scene: The object and its surroundings.
        hold: Not one that ``slips``.
        gripper: The hand.
        up: float64 (3,), of length 1.
    """
    contacts = []
    for facing, slant, seen, places in zip(
        hold.facing, hold.slant, sides_seen(hold, gripper), finger_places(hold, gripper)
    ):
        share = scene.open_share(places)
        hidden = _OUTLINE_HIDDEN if hold.extent > 2 * ZONE_M else 0.0
        guess = (hidden + (_OUTLINE_OPEN - hidden) * share) / float(np.hypot(1, slant))
        contacts.append(float(facing) if seen else guess)
    low, high = np.percentile(scene.points, (2, 98), axis=0)
    off = hold.contacts.mean(axis=0) - (low + high) / 2
    off = off - (off @ hold.rotation[:, 2]) * hold.rotation[:, 2]
    spread = 0.25 * float(np.linalg.norm(high - low)) + 0.01
    middle = float(np.exp(-0.5 * (np.linalg.norm(off) / spread) ** 2))
    wanted = hold.origin / np.linalg.norm(hold.origin) if up is None else -up
    along = (1 + float(hold.rotation[:, 2] @ wanted)) / 2
    deep = min(hold.depth / gripper.finger_length, 1.0)
    inside = float(((hold.origin - hold.contacts) @ hold.rotation[:, 2]).min()) / _INSIDE_M
    return float(
        np.sqrt(max(contacts[0] * contacts[1], 0.0))
        * _at_least(_LEAST_MIDDLE, middle)
        * _at_least(_LEAST_APPROACH, along)
        * _at_least(_LEAST_DEPTH, deep)
        * _at_least(_LEAST_INSIDE, min(max(inside, 0.0), 1.0))
    )


def _at_least(floor: float, value: float) -> float:
    return floor + (1 - floor) * value
