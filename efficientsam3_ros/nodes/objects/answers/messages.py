"""Objects and grasps as messages of this package."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros import msg
from efficientsam3_ros.core import Instance
from efficientsam3_ros.nodes.objects.outputs.clouds import (
    background_cloud,
    object_cloud,
    output_header,
)
from efficientsam3_ros.nodes.objects.outputs.geometry import fill_point, fill_pose, fill_vector
from efficientsam3_ros.nodes.objects.scene.scene import Scene
from efficientsam3_ros.nodes.objects.settings import ObjectSettings
from efficientsam3_ros.scene3d import Grasp, GraspSearch, find_grasps


def fill_object(scene: Scene, item: Instance, voxel_size: float) -> msg.SegmentedObject:
    """Return an object with its cloud and its box.

    Args:
        scene: The image.
        item: The object.
        voxel_size: Of the cloud, metres; 0 keeps all points.
    """
    message = msg.SegmentedObject(header=output_header(scene))
    message.track_id, message.label = item.track_id, item.label
    message.concept, message.score = item.concept, float(item.score)
    message.state = int(item.state)
    message.cloud = object_cloud(scene, item.label, voxel_size)
    box = scene.box(item.label)
    if box is not None:
        placed = scene.placing.box(box)
        message.has_box = True
        message.box_pose = fill_pose(placed.center, placed.rotation)
        message.box_size = fill_vector(placed.size)
        message.upright = scene.is_upright(item.label)
    return message


def fill_target(
    scene: Scene, item: Instance, settings: ObjectSettings, max_grasps: int
) -> msg.GraspTarget:
    """Return all that a grasp planner needs of an object.

    Args:
        scene: The image.
        item: The object.
        settings: Gripper and voxels.
        max_grasps: At most; 0 searches none.
    """
    message = msg.GraspTarget()
    message.object = fill_object(scene, item, settings.voxel_size)
    message.background = background_cloud(scene, item.label, settings.voxel_size)
    camera = scene.placing.pose(np.eye(4))
    message.camera_pose = fill_pose(camera[:3, 3], camera[:3, :3])
    view = _view_direction(scene, item.label)
    message.view_direction = fill_vector(camera[:3, :3] @ view)
    message.grasps = [
        _fill_grasp(scene, grasp) for grasp in _grasps(scene, item.label, settings, max_grasps)
    ]
    return message


def _view_direction(scene: Scene, label: int) -> np.ndarray:
    points = scene.cloud.points[scene.mask(label)].astype(np.float64)
    if not len(points):
        return np.array([0.0, 0.0, 1.0])
    middle = np.median(points, axis=0)
    return np.asarray(middle / np.linalg.norm(middle))


def _grasps(scene: Scene, label: int, settings: ObjectSettings, max_grasps: int) -> list[Grasp]:
    if not max_grasps:
        return []
    support = scene.support(label)
    found = find_grasps(
        scene.cloud,
        label,
        settings.gripper(),
        up=scene.placing.up,
        support=None if support is None else support.plane,
        search=GraspSearch(samples=settings.grasp_samples, max_grasps=max_grasps),
        own=scene.mask(label),
    )
    return [grasp for grasp in found if not scene.is_kept_out(grasp.pose[:3, 3])]


def _fill_grasp(scene: Scene, grasp: Grasp) -> msg.GraspCandidate:
    pose = scene.placing.pose(grasp.pose)
    message = msg.GraspCandidate()
    message.pose = fill_pose(pose[:3, 3], pose[:3, :3])
    message.width, message.score = float(grasp.width), float(grasp.score)
    message.contacts = [fill_point(place) for place in scene.placing.points(grasp.contacts)]
    message.sides_seen = [bool(seen) for seen in grasp.sides_seen]
    return message
