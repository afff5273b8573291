"""Pinhole camera geometry."""

from __future__ import annotations

from dataclasses import dataclass
import math

import numpy as np


@dataclass(frozen=True)
class Intrinsics:
    """Pinhole intrinsics in pixels; pixel centres have integer coordinates.

    Attributes:
        width: Image columns.
        height: Image rows.
        fx: Focal length along x, pixels.
        fy: Focal length along y, pixels.
        cx: Principal point x, pixels.
        cy: Principal point y, pixels.

    Raises:
        ValueError: If a size or focal length is not positive and finite.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f'Image size must be positive, got {self.width}x{self.height}.')
        if not (math.isfinite(self.fx * self.fy) and self.fx > 0 and self.fy > 0):
            raise ValueError(f'Focal lengths must be positive, got fx={self.fx}, fy={self.fy}.')

    @classmethod
    def from_fovy(cls, width: int, height: int, fovy_deg: float) -> Intrinsics:
        """Square pixels and a centred principal point from a vertical field of view in degrees."""
        focal = height / 2 / math.tan(math.radians(fovy_deg) / 2)
        return cls(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)

    def matrix(self) -> np.ndarray:
        """Return K, float64 (3, 3)."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1]], np.float64)

    def back_project(self, depth: np.ndarray) -> np.ndarray:
        """Lift a depth image to points.

        Args:
            depth: (height, width) distance along the optical axis, metres.

        Returns:
            float64 (height, width, 3) points in the optical frame, metres.
        """
        if depth.shape != (self.height, self.width):
            raise ValueError(
                f'Depth is {depth.shape}, the camera is {(self.height, self.width)}; '
                'register the depth image to this camera first.'
            )
        v, u = np.mgrid[0 : self.height, 0 : self.width]
        z = depth.astype(np.float64)
        return np.stack([(u - self.cx) / self.fx * z, (v - self.cy) / self.fy * z, z], axis=-1)
