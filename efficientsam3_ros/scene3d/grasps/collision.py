"""Whether an open hand has room."""

from __future__ import annotations

from itertools import product

import numpy as np

from efficientsam3_ros.scene3d.grasps.closing import Hold
from efficientsam3_ros.scene3d.grasps.gripper import Gripper
from efficientsam3_ros.scene3d.grasps.scene import GraspScene

_MARGINS_M = (0.02, 0.015, 0.01, 0.007)
STRAYS = 2
"""Points that a hand may hit: sensors see some where nothing is."""
PLANE_M = 0.002
"""Distance kept from the support plane, metres: flat things need the fingertips close to it."""


def widest_opening(scene: GraspScene, hold: Hold, gripper: Gripper) -> float:
    """Return how far to open the hand, metres: as wide as there is room, up to 2 cm a side.

    A side that the camera does not see lies further out than the outline tells, and what a finger
    lands on is pushed away or tilts.

    Args:
        scene: What it may hit.
        hold: Where the hand has room when it is opened by the clearance.
        gripper: Its shape.
    """
    for margin in _MARGINS_M:
        width = min(hold.extent + 2 * margin, gripper.max_width)
        if margin > gripper.clearance and has_room(scene, hold, gripper, width):
            return width
    return hold.extent + 2 * gripper.clearance


def has_room(scene: GraspScene, hold: Hold, gripper: Gripper, width: float | None = None) -> bool:
    """Tell whether the open hand hits neither obstacles, nor the object, nor the plane below.

    Args:
        scene: What it may hit.
        hold: Where the hand is.
        gripper: Its shape.
        width: Between the fingers, metres; the object's extent and the clearance if not given.
    """
    low, high = gripper.solids(width or hold.extent + 2 * gripper.clearance)
    if room_below(scene, hold, gripper, width) < 0:
        return False
    if _hits(scene.body, hold, low, high) > STRAYS:
        return False
    margin = gripper.clearance
    obstacles = scene.obstacles
    if scene.support is not None:
        # The plane was looked at; its points are noisy, and flat things lie close to it.
        obstacles = obstacles[scene.support.heights(obstacles) > margin + PLANE_M]
    return _hits(obstacles, hold, low - margin, high + margin) <= STRAYS


def room_below(
    scene: GraspScene, hold: Hold, gripper: Gripper, width: float | None = None
) -> float:
    """Return how much lower the open hand may be, metres; infinite without a plane below.

    Args:
        scene: With the plane.
        hold: Where the hand is.
        gripper: Its shape.
        width: As in ``has_room``.
    """
    if scene.support is None:
        return float('inf')
    both = np.stack(gripper.solids(width or hold.extent + 2 * gripper.clearance))
    corners = np.array(list(product((0, 1), repeat=3)))
    places = both[corners, :, np.arange(3)].transpose(2, 0, 1).reshape(-1, 3)
    heights = scene.support.heights(hold.origin + places @ hold.rotation.T)
    return float(heights.min()) - PLANE_M


def _hits(points: np.ndarray, hold: Hold, low: np.ndarray, high: np.ndarray) -> int:
    own = (points - hold.origin) @ hold.rotation
    # Most points are far from the hand: ruled out by one box around it all.
    own = own[((own > low.min(axis=0)) & (own < high.max(axis=0))).all(axis=1)]
    inside = (own[:, None] > low) & (own[:, None] < high)
    return int(inside.all(axis=2).any(axis=1).sum())


def finger_places(hold: Hold, gripper: Gripper) -> np.ndarray:
    """Return places all over the two open fingers, float64 (2, 9, 3), optical frame."""
    low, high = gripper.solids(hold.extent + 2 * gripper.clearance)
    places = []
    for one, other in zip(low[:2], high[:2]):
        middle = (one[1] + other[1]) / 2
        for x, z in product(np.linspace(one[0], other[0], 3), np.linspace(one[2], other[2], 3)):
            places.append([x, middle, z])
    return (hold.origin + np.array(places) @ hold.rotation.T).reshape(2, -1, 3)
