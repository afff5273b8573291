"""Two boxes on a table with holes in the depth: what adapters are given."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from depth_scene import DepthScene
from grasp_table import CAMERA, SPOT, UP, standing
import numpy as np

from efficientsam3_ros.scene3d import OrganizedCloud, make_cloud
from efficientsam3_ros.scene3d.camera import CameraModel

MUG, BOX = 1, 2
"""Labels."""
BOXES = {
    MUG: standing((0.06, 0.06, 0.1), 20, right=-0.08),
    BOX: standing((0.12, 0.05, 0.06), -30, right=0.08),
}
COLORS = {0: (120, 110, 100), MUG: (200, 30, 20), BOX: (20, 60, 200)}
HOLE = (slice(0, 20), slice(0, 30))
"""Pixels without a reading."""


@cache
def _scene(camera: CameraModel) -> DepthScene:
    scene = DepthScene(camera)
    scene.add_plane(UP, SPOT)
    for label, box in BOXES.items():
        scene.add_box(label, box.center, box.rotation, box.size)
    return scene


def adapter_view(camera: CameraModel = CAMERA) -> OrganizedCloud:
    """Return the cloud, whose arrays may be changed; the sensor sees the boxes without error."""
    scene = _scene(camera)
    rgb = np.zeros((*camera.size, 3), np.uint8)
    for label, color in COLORS.items():
        rgb[scene.labels == label] = color
    depth = scene.depth.astype(np.float32)
    depth[HOLE] = np.nan
    return make_cloud(depth, camera, rgb, scene.labels)


def wide_lens() -> CameraModel:
    """Return the same camera with a lens that K alone does not describe."""
    return replace(CAMERA, model='plumb_bob', coefficients=(-0.3, 0.1, 0.0, 0.0, 0.0))


def project(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return where points (N, 3) of an optical frame appear by K alone, (N, 2) pixels."""
    seen = points @ matrix.T
    return seen[:, :2] / seen[:, 2:]
