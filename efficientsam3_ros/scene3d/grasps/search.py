"""Grasps of an object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.cloud import OrganizedCloud
from efficientsam3_ros.scene3d.grasps.candidates import orientations
from efficientsam3_ros.scene3d.grasps.closing import Hold, close_hand
from efficientsam3_ros.scene3d.grasps.collision import has_room, room_below, widest_opening
from efficientsam3_ros.scene3d.grasps.grasp import Grasp
from efficientsam3_ros.scene3d.grasps.gripper import Gripper
from efficientsam3_ros.scene3d.grasps.long_axis import long_axis
from efficientsam3_ros.scene3d.grasps.scene import GraspScene
from efficientsam3_ros.scene3d.grasps.scoring import score, sides_seen, slips
from efficientsam3_ros.scene3d.plane import Plane

_DEPTHS = (0.9, 0.75, 0.6, 0.45, 0.3, 0.15)  # of the fingers' length
_DOWNWARDS = 0.7
_WORTH_M, _SPARE_M = 0.001, 0.0002
_SAME_M, _SAME_DEG = 0.015, 25.0


@dataclass(frozen=True)
class GraspSearch:
    """How long to search.

    Attributes:
        samples: Points of the object at which hands are tried; time grows with it.
        max_grasps: Returned at most.
        seed: Of the choice of points.
    """

    samples: int = 60
    max_grasps: int = 20
    seed: int = 0


def find_grasps(
    cloud: OrganizedCloud,
    label: int,
    gripper: Gripper | None = None,
    *,
    up: np.ndarray | None = None,
    support: Plane | None = None,
    search: GraspSearch | None = None,
    own: np.ndarray | None = None,
) -> tuple[Grasp, ...]:
    """Propose grasps of one object by its visible surface.

    At points of the object hands are placed (``candidates``), pushed over it and closed
    (``closing``). What stays is antipodal as far as it is seen, fits into the hand, and has room
    between everything else the camera sees. No network, no learned score: a baseline.

    Args:
        cloud: Of the whole image.
        label: Of the object.
        gripper: The hand.
        up: (3,), against gravity; the support plane's normal if not given.
        support: What the object stands on; the hand keeps above it.
        search: How long to search.
        own: bool (H, W), the object's ``object_mask``, where that is made already.

    Returns:
        Best first, none like another; empty if the object has no depth or nothing fits. The same
        cloud gives the same grasps.
    """
    gripper, search = gripper or Gripper(), search or GraspSearch()
    if up is None and support is not None:
        up = support.normal
    level = None if up is None else np.asarray(up, np.float64) / np.linalg.norm(up)
    reach = gripper.finger_length + gripper.palm_depth + gripper.palm_width / 2
    scene = GraspScene.of(cloud, label, support, reach, own)
    along = long_axis(scene.points, level)
    chosen = np.random.default_rng(search.seed).permutation(len(scene.points))
    found: list[tuple[float, Hold]] = []
    for index in chosen[: search.samples]:
        start, normal = scene.points[index], scene.normals[index]
        for rotation in orientations(start, normal, level, along):
            hold = _deepest(scene, start, rotation, gripper)
            if hold is not None:
                found.append((score(scene, hold, gripper, level), hold))
    best = sorted(found, key=lambda item: -item[0])
    return _different((_grasp(scene, hold, gripper, value) for value, hold in best), search)


def _deepest(
    scene: GraspScene, start: np.ndarray, rotation: np.ndarray, gripper: Gripper
) -> Hold | None:
    """Return the deepest hold of some, pushed on to the support if it is near."""
    deeper = gripper.finger_length
    for depth in (share * gripper.finger_length for share in _DEPTHS):
        hold = _good(scene, start, rotation, depth, gripper)
        if hold is not None:
            # Thin things are held between their middle and the table, or not at all.
            down = -float(scene.support.normal @ rotation[:, 2]) if scene.support else 0.0
            left = room_below(scene, hold, gripper) / down if down > _DOWNWARDS else 0.0
            if _WORTH_M < left < deeper - depth:
                return _good(scene, start, rotation, depth + left - _SPARE_M, gripper) or hold
            return hold
        deeper = depth
    return None


def _good(
    scene: GraspScene, start: np.ndarray, rotation: np.ndarray, depth: float, gripper: Gripper
) -> Hold | None:
    """Return the hold at a depth if it neither slips nor hits anything."""
    hold = close_hand(scene, start, rotation, depth, gripper)
    if hold is None or slips(hold, gripper) or not has_room(scene, hold, gripper):
        return None
    return hold


def _grasp(scene: GraspScene, hold: Hold, gripper: Gripper, value: float) -> Grasp:
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = hold.rotation, hold.origin
    width = widest_opening(scene, hold, gripper)
    return Grasp(pose, width, value, hold.contacts, sides_seen(hold, gripper))


def _different(grasps: Iterable[Grasp], search: GraspSearch) -> tuple[Grasp, ...]:
    kept: list[Grasp] = []
    for grasp in grasps:
        if len(kept) == search.max_grasps:
            break
        if not any(grasp.is_like(other, _SAME_M, _SAME_DEG) for other in kept):
            kept.append(grasp)
    return tuple(kept)
