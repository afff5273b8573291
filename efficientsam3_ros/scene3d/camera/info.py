"""A camera from the values of a ``sensor_msgs/CameraInfo``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.camera.model import CameraModel
from efficientsam3_ros.scene3d.errors import SceneError


def camera_from_info(
    size: tuple[int, int],
    k: Sequence[float],
    d: Sequence[float] = (),
    model: str = '',
    *,
    p: Sequence[float] = (),
    rectified: bool = False,
    image_size: tuple[int, int] | None = None,
) -> CameraModel:
    """Return the camera of an image.

    Args:
        size: ``(info.height, info.width)``.
        k: ``info.k``, 9 values by rows.
        d: ``info.d``.
        model: ``info.distortion_model``.
        p: ``info.p``, 12 values by rows; only needed for rectified images.
        rectified: Whether the image is the rectified one (``image_rect``), which has the camera
            matrix P and no distortion.
        image_size: (height, width) of the image where it was resized after calibration; the
            camera is scaled.

    Raises:
        SceneError: If the camera is not calibrated, or its distortion model is not known.
    """
    values = np.asarray(p if rectified else k, np.float64).ravel()
    name, count, columns = ('P', 12, 4) if rectified else ('K', 9, 3)
    if values.size != count:
        raise SceneError(f'{name} of camera_info has {values.size} values, not {count}.')
    matrix = values.reshape(3, columns)
    try:
        fx, fy, cx, cy = (float(matrix[at]) for at in ((0, 0), (1, 1), (0, 2), (1, 2)))
        if not np.isfinite([cx, cy]).all():
            raise ValueError(f'The principal point is {cx}, {cy}.')
        intrinsics = Intrinsics(int(size[1]), int(size[0]), fx, fy, cx, cy)
    except ValueError as error:
        cause = str(error).rstrip('.')
        raise SceneError(
            f'camera_info holds no calibration ({cause}); calibrate the camera, or name its '
            'calibration file to the driver (camera_info_url).'
        ) from None
    camera = CameraModel(intrinsics) if rectified else CameraModel(intrinsics, model, tuple(d))
    return camera if image_size is None else camera.resized(*image_size)
