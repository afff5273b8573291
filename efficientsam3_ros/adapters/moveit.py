"""Objects as MoveIt 2's collision objects, and a planning scene for a grasp: fields without ROS.

Format: https://docs.ros.org/en/jazzy/p/moveit_msgs/msg/CollisionObject.html,
https://docs.ros.org/en/jazzy/p/shape_msgs/msg/SolidPrimitive.html, and "Planning Scene ROS API" at
https://moveit.picknik.ai: metres, unit quaternions, shapes centred on their pose, a cylinder's
axis along z, a scene that is a difference. ``moveit_messages`` makes messages of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.scene3d import OrientedBox

BOX, CYLINDER = 1, 3
"""Numbers of ``shape_msgs/SolidPrimitive``."""
ADD, REMOVE = 0, 1
"""Numbers of ``moveit_msgs/CollisionObject``."""
ROUNDEST = 1.3
"""Sides of what stands for a cylinder differ by no more than this factor."""

Shape = Literal['box', 'cylinder']


@dataclass(frozen=True)
class CollisionObject:
    """The fields of a ``moveit_msgs/CollisionObject`` of one solid.

    Attributes:
        id: Name in the planning scene.
        frame_id: Frame of the pose; TF must know it.
        stamp_ns: Of the image, nanoseconds.
        operation: ``ADD`` (replaces an object of the same id) or ``REMOVE``.
        shape: ``BOX`` or ``CYLINDER``.
        dimensions: Of a box its edges along x, y and z; of a cylinder height and radius. Metres.
        position: Of the solid's centre, metres.
        orientation: x, y, z, w, of length 1.
    """

    id: str
    frame_id: str
    stamp_ns: int = 0
    operation: int = ADD
    shape: int = BOX
    dimensions: tuple[float, ...] = ()
    position: tuple[float, ...] = (0.0, 0.0, 0.0)
    orientation: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class PlanningScene:
    """The fields of a ``moveit_msgs/PlanningScene`` that is a difference to the present one.

    Attributes:
        collision_objects: What enters or leaves the world.
        is_diff: True: all else, the robot's state too, stays as it is.
    """

    collision_objects: tuple[CollisionObject, ...]
    is_diff: bool = True


def object_name(concept: str, track_id: int) -> str:
    """Return the id of a tracked object: ``red_mug_3``."""
    return f'{"_".join(concept.split())}_{track_id}'


def collision_object(
    box: OrientedBox,
    name: str,
    frame_id: str,
    *,
    camera_pose: np.ndarray | None = None,
    shape: Shape = 'box',
    padding: float = 0.0,
    stamp_ns: int = 0,
) -> CollisionObject:
    """Return an object of a box.

    Args:
        box: In the camera's optical frame.
        name: Its id.
        frame_id: Frame of the result: the optical frame, or with ``camera_pose`` another one,
            such as MoveIt's planning frame.
        camera_pose: float (4, 4), the optical frame in ``frame_id`` at the image's stamp.
        shape: 'cylinder' for what is round about the box's z, such as cans and bowls.
        padding: Added on every side, metres.
        stamp_ns: Of the image.

    Raises:
        AdapterError: If frame or name is missing, the box is not finite, or not round.
    """
    if camera_pose is not None:
        pose = np.asarray(camera_pose, np.float64)
        turn = pose[:3, :3]
        box = OrientedBox(turn @ box.center + pose[:3, 3], turn @ box.rotation, box.size)
    return _solid(
        CollisionObject(
            name,
            frame_id,
            stamp_ns,
            position=tuple(map(float, box.center)),
            orientation=tuple(map(float, box.quaternion())),
        ),
        box.size,
        shape,
        padding,
    )


def collision_object_from_message(
    message: Any, *, shape: Shape = 'box', padding: float = 0.0
) -> CollisionObject:
    """Return an object of a ``SegmentedObject``, such as ``target.object`` of ``GraspTarget``.

    Its frame is the message's: set the node's ``output_frame`` to the planning frame, or let
    MoveIt transform it, by the latest TF.

    Args:
        message: With the fields of ``efficientsam3_ros/SegmentedObject``.
        shape: As for ``collision_object``.
        padding: As for ``collision_object``.

    Raises:
        AdapterError: If the object has no box, or as ``collision_object``.
    """
    if not message.has_box:
        raise AdapterError(
            f'{message.concept} {message.track_id} has no box: fewer than three points have '
            'depth; wait for a better view.'
        )
    place, turn, size = message.box_pose.position, message.box_pose.orientation, message.box_size
    stamp = message.header.stamp
    return _solid(
        CollisionObject(
            object_name(message.concept, message.track_id),
            message.header.frame_id,
            stamp.sec * 10**9 + stamp.nanosec,
            position=(place.x, place.y, place.z),
            orientation=(turn.x, turn.y, turn.z, turn.w),
        ),
        np.array([size.x, size.y, size.z]),
        shape,
        padding,
    )


def planning_scene(objects: Iterable[CollisionObject], target: str | None = None) -> PlanningScene:
    """Return a scene with the objects, without the one that is to be grasped.

    Args:
        objects: What was seen.
        target: Id of the object to grasp: it is removed, so that the hand may touch it. None
            leaves all in.

    Raises:
        AdapterError: If an id occurs twice, or the target is not among them.
    """
    chosen = tuple(objects)
    names = [item.id for item in chosen]
    if len(set(names)) < len(names):
        raise AdapterError(f'Ids occur twice among {", ".join(names)}; MoveIt would keep one.')
    if target is not None and target not in names:
        raise AdapterError(
            f'The target {target} is not among the objects ({", ".join(names) or "none"}); give '
            'the id that object_name makes.'
        )
    return PlanningScene(tuple(_removed(item) if item.id == target else item for item in chosen))


def _removed(item: CollisionObject) -> CollisionObject:
    return CollisionObject(item.id, item.frame_id, item.stamp_ns, REMOVE)


def _solid(
    item: CollisionObject, size: np.ndarray, shape: Shape, padding: float
) -> CollisionObject:
    if not (item.id and item.frame_id):
        raise AdapterError('A collision object needs an id and a frame_id; MoveIt refuses others.')
    edges = np.asarray(size, np.float64) + 2 * padding
    if not np.isfinite([*edges, *item.position, *item.orientation]).all() or edges.min() <= 0:
        raise AdapterError(
            f'The box of {item.id} is {size} m at {item.position}; edges must be positive and all '
            'finite. Wait for a better view, or give less negative padding.'
        )
    if shape == 'box':
        return replace(item, shape=BOX, dimensions=tuple(map(float, edges)))
    if edges[:2].max() > ROUNDEST * edges[:2].min():
        raise AdapterError(
            f'{item.id} is {edges[0]:.3f} x {edges[1]:.3f} m seen from above: not round; take '
            "shape='box'."
        )
    return replace(item, shape=CYLINDER, dimensions=(float(edges[2]), float(edges[:2].max() / 2)))
