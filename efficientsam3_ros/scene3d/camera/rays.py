"""The ray of every pixel, worked out once for each camera."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from efficientsam3_ros.scene3d.camera.distortion import undistort
from efficientsam3_ros.scene3d.camera.model import CameraModel
from efficientsam3_ros.scene3d.errors import SceneError

CACHED_CAMERAS = 4
"""Cameras whose rays are kept; one of 1280x720 takes 7 MB."""
_WORST_PIXELS = 0.5


@lru_cache(maxsize=CACHED_CAMERAS)
def pixel_rays(camera: CameraModel) -> np.ndarray:
    """Return the ray of every pixel.

    Args:
        camera: Of the image.

    Returns:
        float32 (H, W, 2), x / z and y / z, read-only; NaN where the distortion has no inverse,
        as in the corners of wide lenses.
    """
    height, width = camera.size
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    flat = pixels.reshape(-1, 2).astype(np.float64)
    matrix = camera.intrinsics.matrix()
    rays = undistort(flat, matrix, camera.model, camera.coefficients)
    back = camera.project(np.concatenate([rays, np.ones((len(rays), 1))], axis=1))
    # Polynomials bend back beyond the range they were fitted in; OpenCV tells nothing of it.
    rays[~(np.abs(back - flat).max(axis=1) < _WORST_PIXELS)] = np.nan
    result = rays.astype(np.float32).reshape(height, width, 2)
    result.setflags(write=False)
    return result


def back_project(depth: np.ndarray, camera: CameraModel) -> np.ndarray:
    """Lift depth to points.

    Args:
        depth: float (H, W), metres along the optical axis; what is not finite and positive is no
            measurement.
        camera: That the depth belongs to.

    Returns:
        float32 (H, W, 3), metres, optical frame; NaN where there is no depth or no ray.

    Raises:
        SceneError: If depth and camera have different sizes.
    """
    if depth.shape != camera.size:
        raise SceneError(
            f'The depth is {depth.shape[1]}x{depth.shape[0]}, its camera '
            f'{camera.size[1]}x{camera.size[0]}; take the camera_info beside the depth topic.'
        )
    points = np.empty((*depth.shape, 3), np.float32)
    points[..., 2] = np.where((depth > 0) & np.isfinite(depth), depth, np.nan)
    points[..., :2] = pixel_rays(camera) * points[..., 2:]
    points[np.isnan(points[..., 0])] = np.nan
    return points
