"""From a picture with masks to the grasp that is tried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d import (
    CameraModel,
    Grasp,
    Gripper,
    OrientedBox,
    SceneError,
    find_grasps,
    find_support,
    fit_object_box,
    make_cloud,
)
from efficientsam3_ros.simulation.grasping import HandShape, Plan
from efficientsam3_ros.simulation.grasping.graspable import CLEARANCE_M
from efficientsam3_ros.simulation.tabletop import Observation


@dataclass(frozen=True, eq=False)
class Planned:
    """What the geometry says of one object.

    Attributes:
        box: Around it; None if too little of it is seen.
        grasp: The best one, camera's optical frame; None if none was found.
        plan: The same in the world; None if none was found.
    """

    box: OrientedBox | None
    grasp: Grasp | None
    plan: Plan | None


def gripper_of(shape: HandShape) -> Gripper:
    """Return the planner's idea of the simulated hand."""
    return Gripper(
        max_width=shape.opening,
        finger_length=shape.finger_length,
        finger_thickness=shape.finger_thickness,
        finger_width=shape.finger_width,
        palm_width=shape.palm_width,
        palm_depth=shape.palm_depth,
        palm_height=shape.palm_height,
        clearance=CLEARANCE_M,
        friction=shape.friction,
    )


def plan_grasp(
    seen: Observation, intrinsics: Intrinsics, labels: np.ndarray, label: int, shape: HandShape
) -> Planned:
    """Make cloud, support, box and the best grasp of an object.

    Args:
        seen: The picture, with depth and pose.
        intrinsics: Of its camera.
        labels: uint32 (H, W), who owns which pixel.
        label: Of the object.
        shape: Of the hand.
    """
    assert seen.depth is not None
    cloud = make_cloud(seen.depth, CameraModel(intrinsics), seen.rgb, labels)
    support = find_support(cloud, label)
    try:
        box = fit_object_box(cloud, label, support)
    except SceneError:
        return Planned(None, None, None)
    plane = support.plane if support is not None else None
    grasps = find_grasps(cloud, label, gripper_of(shape), support=plane)
    if not grasps:
        return Planned(box, None, None)
    return Planned(box, grasps[0], Plan(seen.pose @ grasps[0].pose, grasps[0].width))
