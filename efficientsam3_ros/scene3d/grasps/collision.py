"""Whether an open hand has room."""

from __future__ import annotations

from itertools import product

import numpy as np

from efficientsam3_ros.scene3d.grasps.closing import Hold
from efficientsam3_ros.scene3d.grasps.gripper import Gripper
from efficientsam3_ros.scene3d.grasps.scene import GraspScene

STRAYS = 2
"""Points that a hand may hit: sensors see some where nothing is."""
PLANE_M = 0.002
"""Distance kept from the support plane, metres: flat things need the fingertips close to it."""


def has_room(scene: GraspScene, hold: Hold, gripper: Gripper) -> bool:
    """Tell whether the open hand hits neither obstacles, nor the object, nor the plane below.

    Args:
        scene: What it may hit.
        hold: Where the hand is.
        gripper: Its shape.
    """
    low, high = gripper.solids(hold.extent + 2 * gripper.clearance)
    if scene.support is not None:
        corners = np.array(list(product((0, 1), repeat=3)))
        both = np.stack([low, high])  # (2, solids, 3)
        places = both[corners, :, np.arange(3)].transpose(2, 0, 1).reshape(-1, 3)
        heights = scene.support.heights(hold.origin + places @ hold.rotation.T)
        if heights.min() < PLANE_M:
            return False
    if _hits(scene.body, hold, low, high) > STRAYS:
        return False
    margin = gripper.clearance
    obstacles = scene.obstacles
    if scene.support is not None:
        # The plane was looked at; its points are noisy, and flat things lie close to it.
        obstacles = obstacles[scene.support.heights(obstacles) > margin + PLANE_M]
    return _hits(obstacles, hold, low - margin, high + margin) <= STRAYS


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
