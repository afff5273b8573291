"""A picture of a scene with its masks, and beside it the scene from above with its boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from efficientsam3_ros.core.pictures.overlay import draw_overlay, track_color
from efficientsam3_ros.scene3d import OrganizedCloud, OrientedBox, fit_plane

if TYPE_CHECKING:
    from efficientsam3_ros.evaluation.clouds.scene import SceneClouds

_GROUND = 30
_TRUE = 255, 255, 255
_SHOWN = 1.0, 99.0
_MARGIN = 0.08
_PLANE_POINTS = 5000
_CAMERA_UP = np.array([0.0, -1.0, 0.0])


def scene_picture(scene: SceneClouds) -> np.ndarray:
    """Return overlay and top view beside each other, uint8 (H, 2 W, 3).

    The overlay has all answers; the view has the boxes of those that belong to an object, in the
    color of their mask, and in white those of true masks.
    """
    overlay = draw_overlay(scene.cloud.rgb, scene.result)
    return np.hstack([overlay, top_view(scene)])


def top_view(scene: SceneClouds) -> np.ndarray:
    """Return the scene as seen against the table's normal, uint8 (H, W, 3); far is up."""
    cloud, (height, width) = scene.cloud, scene.cloud.size
    canvas = np.full((height, width, 3), _GROUND, np.uint8)
    shown = cloud.measured
    if not shown.any():
        return canvas
    turn = _from_above(scene.true_cloud)
    points = cloud.points[shown].astype(np.float64) @ turn.T
    view = _View.of(_things(scene, turn, points), (height, width))
    order = np.argsort(points[:, 2], kind='stable')
    columns, rows = view.pixels(points[order])
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    canvas[rows[inside], columns[inside]] = cloud.rgb[shown][order][inside]
    for box in scene.true_boxes.values():
        _draw(canvas, view, box, turn, _TRUE)
    colors = {item.label: track_color(item.track_id) for item in scene.result.instances}
    for label, box in scene.boxes.items():
        _draw(canvas, view, box, turn, colors[label])
    return canvas


def _from_above(cloud: OrganizedCloud) -> np.ndarray:
    """Return the rotation from the camera's frame to one with z up, x right, y away."""
    free = cloud.points[cloud.measured & (cloud.labels == 0)].astype(np.float64)
    plane = fit_plane(free[:: max(1, len(free) // _PLANE_POINTS)]) if len(free) else None
    up = _CAMERA_UP if plane is None else plane.normal
    up = up if up @ _CAMERA_UP >= 0 else -up
    right = np.array([1.0, 0.0, 0.0]) - up[0] * up
    # A wall at the camera's side carries nothing.
    if np.linalg.norm(right) < 0.1:
        up, right = _CAMERA_UP, np.array([1.0, 0.0, 0.0])
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(up, right), up])


def _things(scene: SceneClouds, turn: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return what must be in view: corners of boxes; all points where there is no box."""
    boxes = [*scene.boxes.values(), *scene.true_boxes.values()]
    if not boxes:
        return points
    return np.concatenate([box.corners() for box in boxes]) @ turn.T


class _View:
    """Where points on the ground appear: pixels a metre, and the middle of the picture."""

    def __init__(self, scale: float, middle: np.ndarray, size: tuple[int, int]) -> None:
        self._scale, self._middle, self._size = scale, middle, size

    @classmethod
    def of(cls, things: np.ndarray, size: tuple[int, int]) -> _View:
        low, high = np.percentile(things[:, :2], _SHOWN, axis=0)
        spread = np.maximum((high - low) * (1 + 2 * _MARGIN), 1e-3)
        scale = min(size[1] / spread[0], size[0] / spread[1])
        return cls(float(scale), (low + high) / 2, size)

    def pixels(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return columns and rows, int64 (N,), of points (N, 3) seen from above."""
        flat = (points[:, :2] - self._middle) * self._scale
        columns = np.rint(self._size[1] / 2 + flat[:, 0]).astype(np.int64)
        return columns, np.rint(self._size[0] / 2 - flat[:, 1]).astype(np.int64)


def _draw(
    canvas: np.ndarray,
    view: _View,
    box: OrientedBox,
    turn: np.ndarray,
    color: tuple[int, int, int],
) -> None:
    columns, rows = view.pixels(box.corners() @ turn.T)
    outline = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
    cv2.polylines(canvas, [outline], True, color, 2, cv2.LINE_AA)
