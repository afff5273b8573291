"""Depth of one camera as another would have measured it."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.scene3d.camera import CameraModel, back_project
from efficientsam3_ros.scene3d.camera.model import NEAREST_M
from efficientsam3_ros.scene3d.errors import SceneError

MAX_SPLAT = 5
"""Pixels that one measurement may cover in each direction."""
_RIGID = 1e-3
# What is added to half a pixel's width, so that rounding leaves no cracks between neighbours.
_OVERLAP = 0.25


def register_depth(
    depth: np.ndarray,
    depth_camera: CameraModel,
    color_camera: CameraModel,
    color_from_depth: np.ndarray,
) -> np.ndarray:
    """Return the depth that the color camera would see.

    Each measurement covers as many color pixels as one depth pixel is wide there, so that a finer
    color image has no gaps; where several land on one pixel, the nearest stays.

    Args:
        depth: float (h, w), metres along the depth camera's axis; NaN where nothing was measured.
        depth_camera: Of the depth image.
        color_camera: Of the color image, (H, W).
        color_from_depth: float (4, 4), takes points of the depth camera's optical frame to the
            color camera's.

    Returns:
        float32 (H, W), metres along the color camera's axis; NaN where nothing was measured, or
        what is seen is hidden from the depth camera.

    Raises:
        SceneError: If depth and its camera have different sizes, or the transform is not rigid.
    """
    transform = _rigid(color_from_depth)
    points = back_project(depth, depth_camera).reshape(-1, 3).astype(np.float64)
    points = points[np.isfinite(points[:, 2])]
    points = points @ transform[:3, :3].T + transform[:3, 3]
    points = points[points[:, 2] > NEAREST_M]
    pixels = color_camera.project(points)
    on_image = (np.abs(pixels) < 1e6).all(axis=1)
    return _nearest(
        pixels[on_image],
        points[on_image, 2],
        color_camera.size,
        _scale_of(depth_camera, color_camera),
    )


def _scale_of(depth_camera: CameraModel, color_camera: CameraModel) -> float:
    """Return the color pixels that a depth pixel is wide; both cameras at one place."""
    one, other = depth_camera.intrinsics, color_camera.intrinsics
    return max(other.fx / one.fx, other.fy / one.fy, 1.0)


def _nearest(
    pixels: np.ndarray, depth: np.ndarray, size: tuple[int, int], scale: float
) -> np.ndarray:
    height, width = size
    half = min(scale / 2 + _OVERLAP, MAX_SPLAT / 2)
    reach = int(half + 0.5)
    # Far ones first: a nearer one overwrites them.
    order = np.argsort(-depth, kind='stable')
    depth = depth[order].astype(np.float32)
    u, v = pixels[order].T
    columns, rows = np.rint(u).astype(np.int64), np.rint(v).astype(np.int64)
    nearest = np.full(height * width, np.inf, np.float32)
    for down in range(-reach, reach + 1):
        y = rows + down
        in_rows = (np.abs(y - v) <= half) & (y >= 0) & (y < height)
        for right in range(-reach, reach + 1):
            x = columns + right
            covered = in_rows & (np.abs(x - u) <= half) & (x >= 0) & (x < width)
            layer = np.full_like(nearest, np.inf)
            layer[y[covered] * width + x[covered]] = depth[covered]
            np.minimum(nearest, layer, out=nearest)
    nearest[np.isinf(nearest)] = np.nan
    return nearest.reshape(height, width)


def _rigid(transform: np.ndarray) -> np.ndarray:
    matrix = np.asarray(transform, np.float64)
    if matrix.shape == (4, 4) and np.isfinite(matrix).all():
        turn = matrix[:3, :3]
        off = np.abs(turn @ turn.T - np.eye(3)).max()
        if off < _RIGID and np.linalg.det(turn) > 0 and np.allclose(matrix[3], (0, 0, 0, 1)):
            return matrix
    raise SceneError(
        'The transform from depth to color is no rigid 4x4 matrix; take it from TF between the '
        'two optical frames, in metres.'
    )
