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
_FRONT_PERCENT = 2.0
_EXTENT_PERCENT = 1.0
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
            behind which the surface is not seen.
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
    """Close the hand around the part of the object at a point.

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
    between = np.abs(own[:, 0]) <= gripper.finger_width / 2
    near = between & (np.abs(own[:, 1]) <= gripper.max_width / 2)
    if near.sum() < _MIN_POINTS:
        return None
    tip = float(np.percentile(own[near, 2], _FRONT_PERCENT)) + depth
    reached = np.flatnonzero(between & (own[:, 2] <= tip))
    held = reached[_piece_at_start(own[reached, 1], gripper)]
    if len(held) < _MIN_POINTS:
        return None
    low, high = np.percentile(own[held, 1], (_EXTENT_PERCENT, 100 - _EXTENT_PERCENT))
    extent = float(high - low)
    if extent + 2 * gripper.clearance > gripper.max_width:
        return None
    deeper = own[between & (own[:, 2] > tip) & (own[:, 2] <= tip + _DEEPER_M), 1]
    room = gripper.finger_thickness + gripper.clearance
    beyond = (deeper < low) & (deeper > low - room), (deeper > high) & (deeper < high + room)
    own = own[held]
    zones = [own[:, 1] <= low + ZONE_M, own[:, 1] >= high - ZONE_M]
    along = scene.normals[held] @ rotation[:, 1]
    facing = np.array([-np.median(along[zones[0]]), np.median(along[zones[1]])])
    contacts = [[0, y, np.median(own[zone, 2])] for y, zone in zip((low, high), zones)]
    return Hold(
        start + rotation @ np.array([0, (low + high) / 2, tip]),
        rotation,
        extent,
        depth,
        start + np.array(contacts) @ rotation.T,
        facing,
        _slant(own, gripper),
        np.array([side.sum() < _GOES_ON for side in beyond]),
    )


def _slant(own: np.ndarray, gripper: Gripper) -> np.ndarray:
    """Return the slope of both outlines over the width of a finger; infinite if one half is bare.

    Args:
        own: float64 (N, 3), what is held, in the hand's frame.
        gripper: The hand.
    """
    halves = own[own[:, 0] < 0, 1], own[own[:, 0] >= 0, 1]
    if min(map(len, halves)) < _MIN_POINTS // 2:
        return np.full(2, np.inf)
    ends = [np.percentile(half, (_EXTENT_PERCENT, 100 - _EXTENT_PERCENT)) for half in halves]
    return np.asarray(np.abs(ends[1] - ends[0]) / (gripper.finger_width / 2))


def _piece_at_start(along: np.ndarray, gripper: Gripper) -> np.ndarray:
    """Return which points are in one piece with the start, where ``along`` is 0.

    Pieces are apart where a finger fits between, so that the wall of a cup can be held.
    """
    if not along.size:
        return np.zeros(0, np.int64)
    order = np.argsort(along, kind='stable')
    gaps = np.diff(along[order]) > gripper.finger_thickness + 2 * gripper.clearance
    pieces = np.concatenate(([0], np.cumsum(gaps)))
    nearest = int(np.abs(along[order]).argmin())
    return np.asarray(order[pieces == pieces[nearest]])
