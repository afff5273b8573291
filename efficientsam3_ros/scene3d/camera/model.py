"""A calibrated camera."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.camera.distortion import NONE, checked_distortion, distort

NEAREST_M = 1e-6


@dataclass(frozen=True)
class CameraModel:
    """Pinhole intrinsics and lens distortion; can be compared and be a key.

    Points are in the camera's optical frame (REP 103: x right, y down, z forward), metres.

    Attributes:
        intrinsics: Size of the image and K.
        model: '' (no distortion), ``plumb_bob``, ``rational_polynomial`` or ``equidistant``.
        coefficients: Of the distortion, as in ``CameraInfo.d``.

    Raises:
        SceneError: If the distortion model is not known, or the coefficients do not fit it.
    """

    intrinsics: Intrinsics
    model: str = NONE
    coefficients: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        model, values = checked_distortion(self.model, self.coefficients)
        object.__setattr__(self, 'model', model)
        object.__setattr__(self, 'coefficients', values)

    @property
    def size(self) -> tuple[int, int]:
        """Of the image, (height, width) in pixels."""
        return self.intrinsics.height, self.intrinsics.width

    def resized(self, height: int, width: int) -> CameraModel:
        """Return the camera of the same picture at another size.

        Pixel centres have integer coordinates, and pictures are scaled edge to edge, as
        ``cv2.resize`` does it.

        Raises:
            ValueError: If the size is not positive.
        """
        old = self.intrinsics
        across, down = width / old.width, height / old.height
        new = Intrinsics(
            width,
            height,
            old.fx * across,
            old.fy * down,
            (old.cx + 0.5) * across - 0.5,
            (old.cy + 0.5) * down - 0.5,
        )
        return replace(self, intrinsics=new)

    def cropped(self, x: int, y: int, height: int, width: int) -> CameraModel:
        """Return the camera of a region of the picture, whose first pixel is column x, row y."""
        old = self.intrinsics
        new = Intrinsics(width, height, old.fx, old.fy, old.cx - x, old.cy - y)
        return replace(self, intrinsics=new)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return where points appear.

        Args:
            points: float (..., 3), metres.

        Returns:
            float64 (..., 2), column and row; NaN for points beside or behind the camera.
        """
        flat = np.asarray(points, np.float64).reshape(-1, 3)
        pixels = np.full((len(flat), 2), np.nan)
        ahead = flat[:, 2] > NEAREST_M
        rays = flat[ahead, :2] / flat[ahead, 2:]
        matrix = self.intrinsics.matrix()
        pixels[ahead] = distort(rays, matrix, self.model, self.coefficients)
        return pixels.reshape(*points.shape[:-1], 2)
