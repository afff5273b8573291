"""MoveIt 2's messages, where ``moveit_msgs`` is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from efficientsam3_ros.adapters.moveit import REMOVE, CollisionObject, PlanningScene


def fill_collision_object(item: CollisionObject) -> Any:
    """Return a ``moveit_msgs/CollisionObject``.

    Raises:
        ImportError: If ``moveit_msgs`` is not installed.
    """
    kinds = _package('moveit_msgs')
    message = kinds.CollisionObject()
    message.id, message.header.frame_id = item.id, item.frame_id
    stamp = message.header.stamp
    stamp.sec, stamp.nanosec = divmod(item.stamp_ns, 10**9)
    if item.operation == REMOVE:
        message.operation = kinds.CollisionObject.REMOVE
        return message
    # A byte, which rclpy has as bytes: only the constant has the right type.
    message.operation = kinds.CollisionObject.ADD
    place, turn = message.pose.position, message.pose.orientation
    place.x, place.y, place.z = item.position
    turn.x, turn.y, turn.z, turn.w = item.orientation
    solid = _package('shape_msgs').SolidPrimitive()
    solid.type, solid.dimensions = item.shape, list(item.dimensions)
    message.primitives = [solid]
    at_pose = _package('geometry_msgs').Pose()  # the solid's, in the frame of the object's pose
    at_pose.orientation.w = 1.0
    message.primitive_poses = [at_pose]
    return message


def fill_planning_scene(scene: PlanningScene) -> Any:
    """Return a ``moveit_msgs/PlanningScene`` for ``/planning_scene`` or ``/apply_planning_scene``.

    Raises:
        ImportError: If ``moveit_msgs`` is not installed.
    """
    message = _package('moveit_msgs').PlanningScene()
    message.is_diff = scene.is_diff
    message.robot_state.is_diff = scene.is_diff
    message.world.collision_objects = [fill_collision_object(i) for i in scene.collision_objects]
    return message


def _package(name: str) -> Any:
    try:
        return import_module(f'{name}.msg')
    except ModuleNotFoundError as error:
        raise ImportError(
            f'{name} is not installed; sudo apt install ros-$ROS_DISTRO-{name.replace("_", "-")}, '
            'and source the distribution.'
        ) from error
