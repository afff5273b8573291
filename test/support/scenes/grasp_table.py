"""A table with one or two boxes, seen from above at an angle, for grasps."""

from __future__ import annotations

from depth_scene import DepthScene, looking_down
import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.box import OrientedBox
from efficientsam3_ros.scene3d.camera import CameraModel
from efficientsam3_ros.scene3d.cloud import OrganizedCloud, make_cloud
from efficientsam3_ros.scene3d.plane import Plane

CAMERA = CameraModel(Intrinsics(320, 240, 280.0, 280.0, 159.5, 119.5))
UP = looking_down(50)
SPOT = np.array([0.0, 0.03, 0.6])
TABLE = Plane(UP, float(-UP @ SPOT))


def standing(size: tuple[float, float, float], yaw_deg: float, right: float = 0.0) -> OrientedBox:
    """Return an upright box on the table, moved along its own first axis."""
    across = np.array([1.0, 0, 0])
    away = np.cross(UP, across)
    yaw = np.radians(yaw_deg)
    x = np.cos(yaw) * across + np.sin(yaw) * away
    rotation = np.stack([x, np.cross(UP, x), UP], axis=1)
    return OrientedBox(SPOT + size[2] / 2 * UP + right * x, rotation, np.array(size))


def seen(*boxes: OrientedBox, noise: float = 0.0005) -> OrganizedCloud:
    """Return the cloud of boxes, labelled from 1 in order."""
    scene = DepthScene(CAMERA)
    scene.add_plane(UP, SPOT)
    for label, box in enumerate(boxes, 1):
        scene.add_box(label, box.center, box.rotation, box.size)
    return with_noise(scene, noise)


def with_noise(scene: DepthScene, noise: float = 0.0005) -> OrganizedCloud:
    """Return the cloud of a scene."""
    depth = scene.depth + np.random.default_rng(0).normal(0, noise, scene.depth.shape)
    return make_cloud(depth, CAMERA, np.zeros((*CAMERA.size, 3), np.uint8), scene.labels)
