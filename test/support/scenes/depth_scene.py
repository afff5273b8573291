"""Depth of analytic bodies on a table, ray by ray: what a perfect sensor would measure."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from efficientsam3_ros.core.intrinsics import Intrinsics
from efficientsam3_ros.scene3d.camera import CameraModel, pixel_rays

CAMERA = CameraModel(Intrinsics(160, 120, 130.0, 130.0, 79.5, 59.5))


def looking_down(angle_deg: float) -> np.ndarray:
    """Return the up vector, float64 (3,), of a camera that looks so far below the horizon."""
    angle = np.radians(angle_deg)
    return np.array([0.0, -np.cos(angle), -np.sin(angle)])


@dataclass
class DepthScene:
    """Bodies seen by one camera; the nearest surface counts."""

    camera: CameraModel = CAMERA
    depth: np.ndarray = field(init=False)
    labels: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.depth = np.full(self.camera.size, np.nan)
        self.labels = np.zeros(self.camera.size, np.uint32)
        rays = pixel_rays(self.camera).astype(np.float64)
        self.rays = np.concatenate([rays, np.ones((*rays.shape[:2], 1))], axis=2)

    def add_plane(self, normal: np.ndarray, point: np.ndarray) -> None:
        """Add a plane through a point, label 0."""
        with np.errstate(divide='ignore'):
            hit = (point @ normal) / (self.rays @ normal)
        self._see(np.where(hit > 0, hit, np.inf), 0)

    def add_box(
        self, label: int, center: np.ndarray, rotation: np.ndarray, size: np.ndarray
    ) -> None:
        """Add a box; the columns of rotation are its axes."""
        start, rays = -center @ rotation, self.rays @ rotation
        with np.errstate(divide='ignore', invalid='ignore'):
            one, other = (-size / 2 - start) / rays, (size / 2 - start) / rays
        enter = np.minimum(one, other).max(axis=2)
        leave = np.maximum(one, other).min(axis=2)
        self._see(np.where((enter <= leave) & (enter > 0), enter, np.inf), label)

    def add_sphere(self, label: int, center: np.ndarray, radius: float) -> None:
        """Add a sphere."""
        squared = (self.rays**2).sum(axis=2)
        along = self.rays @ center
        root = along**2 - squared * (center @ center - radius**2)
        hit = (along - np.sqrt(np.maximum(root, 0))) / squared
        self._see(np.where(root > 0, hit, np.inf), label)

    def add_cylinder(
        self, label: int, base: np.ndarray, axis: np.ndarray, radius: float, height: float
    ) -> None:
        """Add an upright cylinder: its side and its lid."""
        across = self.rays - (self.rays @ axis)[..., None] * axis
        off = base - (base @ axis) * axis
        a, b = (across**2).sum(axis=2), across @ off
        root = b**2 - a * (off @ off - radius**2)
        side = (b - np.sqrt(np.maximum(root, 0))) / a
        level = side * (self.rays @ axis) - base @ axis
        self._see(np.where((root > 0) & (level >= 0) & (level <= height), side, np.inf), label)
        lid = (base @ axis + height) / (self.rays @ axis)
        spot = lid[..., None] * self.rays - (base + height * axis)
        inside = (np.linalg.norm(spot, axis=2) <= radius) & (lid > 0)
        self._see(np.where(inside, lid, np.inf), label)

    def _see(self, hit: np.ndarray, label: int) -> None:
        nearer = np.isfinite(hit) & ~(self.depth <= hit)
        self.depth[nearer] = hit[nearer]
        self.labels[nearer] = label
