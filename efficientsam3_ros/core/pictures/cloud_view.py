"""A point cloud in the colors of masks, and how it looks from beside the camera."""

from __future__ import annotations

import math

import numpy as np

from efficientsam3_ros.core.instance import FrameResult
from efficientsam3_ros.core.pictures.overlay import track_color

_BACKGROUND = 30
_YAW_DEG, _PITCH_DEG = -15.0, 12.0
_NEAREST = 1e-3
# Share of the points that the view shows on each side of the middle; strays would make it small.
_SHOWN = (0.5, 99.5)
_MARGIN = 1.05


def owners(result: FrameResult) -> np.ndarray:
    """Return the track that owns each pixel: uint32 (H, W), 0 = none."""
    ids = np.zeros(65536, np.uint32)
    for item in result.instances:
        ids[item.label] = item.track_id
    return ids[result.label_image()]


def mask_colors(rgb: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return the picture with each track's pixels in its color, as the overlay has it.

    Args:
        rgb: uint8 (H, W, 3).
        ids: From ``owners``.
    """
    colors = rgb.copy()
    for number in map(int, np.unique(ids)):
        if number:
            colors[ids == number] = track_color(number)
    return colors


def draw_cloud(points: np.ndarray, colors: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Draw a cloud from above the camera's left.

    Args:
        points: float (N, 3), metres, camera axes (x right, y down, z forward), finite.
        colors: uint8 (N, 3), RGB.
        size: Of the picture, (height, width).

    Returns:
        uint8 (H, W, 3), RGB.
    """
    height, width = size
    image = np.full((height, width, 3), _BACKGROUND, np.uint8)
    if not len(points):
        return image
    middle = np.median(points, axis=0)
    turned = (points - middle) @ _rotation().T
    distance = turned[:, 2] + float(np.linalg.norm(middle))
    seen = distance > _NEAREST
    if not seen.any():
        return image
    flat, distance, colors = turned[seen, :2] / distance[seen, None], distance[seen], colors[seen]
    low, high = np.percentile(flat, _SHOWN, axis=0)
    spread = np.maximum((high - low) * _MARGIN, 1e-6)
    focal = min(width / spread[0], height / spread[1])
    placed = (flat - (low + high) / 2) * focal + np.array([width, height]) / 2
    columns, rows = np.rint(placed).astype(np.int64).T
    # Later writes win, so the nearest comes last; a point covers 2x2 pixels, or gaps would show.
    order = np.argsort(-distance, kind='stable')
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        y, x = rows[order] + down, columns[order] + right
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        image[y[inside], x[inside]] = colors[order][inside]
    return image


def _rotation() -> np.ndarray:
    """Return what turns points so that the camera seems to have moved up and to the left."""
    yaw, pitch = math.radians(_YAW_DEG), math.radians(_PITCH_DEG)
    about_y = np.array(
        [
            [math.cos(yaw), 0, math.sin(yaw)],
            [0, 1, 0],
            [-math.sin(yaw), 0, math.cos(yaw)],
        ]
    )
    about_x = np.array(
        [
            [1, 0, 0],
            [0, math.cos(pitch), -math.sin(pitch)],
            [0, math.sin(pitch), math.cos(pitch)],
        ]
    )
    return about_x @ about_y
