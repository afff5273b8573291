"""What the fingers touch when they close."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.grasps.gripper import Gripper
from efficientsam3_ros.scene3d.grasps.scene import GraspScene

ZONE_M = 0.005
"""Points so near to the outermost one make up a contact, metres."""
_DEEPER_M = 0.015
_GOES_ON = 3
_FRONT_SHARE = 0.02
_STRAY_SHARE = 0.01
_MIN_POINTS = 8


@dataclass(frozen=True, eq=False)
class Hold:
    """An object between the fingers.

    Attributes:
        origin: float64 (3,), midway between the fingertips, optical frame.
        rotation: float64 (3, 3), hand to camera.
        extent: Of the object between the fingers, metres.
        depth: How far the fingertips reach beyond the front of the object, metres.
        contacts: float64 (2, 3), optical frame.
        facing: float64 (2,), cosines between the surface's normals at the contacts and the
            outward closing direction: 1 where a finger meets it squarely, about 0 at an outline
            behind which the surface is not seen, -1 at a wall of which the other side is seen.
        slant: float64 (2,), how much the outlines at the contacts run along the closing direction,
            a slope: 0 where a finger lies flat against the outline.
        ends: bool (2,), whether the object ends at the contacts. Otherwise its surface only dips
            below the fingertips there, and goes on.
    """

    origin: np.ndarray
    rotation: np.ndarray
    extent: float
    depth: float
    contacts: np.ndarray
    facing: np.ndarray
    slant: np.ndarray
    ends: np.ndarray


def close_hand(
    scene: GraspScene, start: np.ndarray, rotation: np.ndarray, depth: float, gripper: Gripper
) -> Hold | None:
    """Close the hand around the object, or around the part of it at a point.

    Args:
        scene: The object.
        start: float64 (3,), a point of it.
        rotation: float64 (3, 3), hand to camera.
        depth: How far the fingertips shall reach beyond the object's front, metres.
        gripper: The hand.

    Returns:
        What is held; None if there is nothing to hold, or more than fits between the fingers.
    """
    own = (scene.points - start) @ rotation
    between = np.flatnonzero(np.abs(own[:, 0]) <= gripper.finger_width / 2)
    own, normals = own[between], scene.normals[between]
    near = own[np.abs(own[:, 1]) <= gripper.max_width / 2, 2]
    if len(near) < _MIN_POINTS:
        return None
    front = int(_FRONT_SHARE * len(near))
    tip = float(np.partition(near, front)[front]) + depth
    held = _held(own, tip, gripper)
    if len(held) < _MIN_POINTS:
        return None
    low, high = _ends(own[held, 1])
    ends = _is_end(own[(own[:, 2] > tip) & (own[:, 2] <= tip + _DEEPER_M), 1], low, high, gripper)
    own, along = own[held], normals[held] @ rotation[:, 1]
    zones = [own[:, 1] <= low + ZONE_M, own[:, 1] >= high - ZONE_M]
    contacts = [[0, y, np.median(own[zone, 2])] for y, zone in zip((low, high), zones)]
    return Hold(
        start + rotation @ np.array([0, (low + high) / 2, tip]),
        rotation,
        high - low,
        depth,
        start + np.array(contacts) @ rotation.T,
        np.array([-np.median(along[zones[0]]), np.median(along[zones[1]])]),
        _slant(own, gripper),
        ends,
    )


def _held(own: np.ndarray, tip: float, gripper: Gripper) -> np.ndarray:
    """Return the indices of what is between the fingers, ordered along the closing direction.

    All that the fingertips pass if it fits, so that a cup is held across. Else the piece of it at
    the start, where pieces are apart if a finger fits between: the wall of a bowl.
    """
    reached = np.flatnonzero(own[:, 2] <= tip)
    if len(reached) < _MIN_POINTS:
        return reached
    order = reached[np.argsort(own[reached, 1], kind='stable')]
    widest = gripper.max_width - 2 * gripper.clearance
    for piece in (order, _piece_at_start(order, own[order, 1], gripper)):
        low, high = _ends(own[piece, 1])
        if high - low <= widest:
            return piece
    return order[:0]


def _piece_at_start(order: np.ndarray, along: np.ndarray, gripper: Gripper) -> np.ndarray:
    gaps = np.diff(along) > gripper.finger_thickness + 2 * gripper.clearance
    pieces = np.concatenate(([0], np.cumsum(gaps)))
    return np.asarray(order[pieces == pieces[int(np.abs(along).argmin())]])


def _ends(ordered: np.ndarray) -> tuple[float, float]:
    """Return the extent of ordered values without strays."""
    strays = int(_STRAY_SHARE * len(ordered))
    return float(ordered[strays]), float(ordered[len(ordered) - 1 - strays])


def _is_end(deeper: np.ndarray, low: float, high: float, gripper: Gripper) -> np.ndarray:
    """Tell for both contacts whether no surface is below the finger, a little deeper."""
    room = gripper.finger_thickness + gripper.clearance
    beyond = (deeper < low) & (deeper > low - room), (deeper > high) & (deeper < high + room)
    return np.array([side.sum() < _GOES_ON for side in beyond])


def _slant(own: np.ndarray, gripper: Gripper) -> np.ndarray:
    """Return the slope of both outlines over the width of a finger; infinite if one half is bare.

    Args:
        own: float64 (N, 3), what is held, in the hand's frame, ordered along y.
        gripper: The hand.
    """
    halves = own[own[:, 0] < 0, 1], own[own[:, 0] >= 0, 1]
    if min(map(len, halves)) < _MIN_POINTS // 2:
        return np.full(2, np.inf)
    one, other = (np.array(_ends(half)) for half in halves)
    return np.asarray(np.abs(one - other) / (gripper.finger_width / 2))
