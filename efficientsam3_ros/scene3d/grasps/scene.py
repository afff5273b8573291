"""What a hand meets: the object, obstacles, the plane below, and what the camera sees of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.cloud import (
    OrganizedCloud,
    background_mask,
    object_mask,
    voxel_sample,
)
from efficientsam3_ros.scene3d.grasps.normals import surface_normals
from efficientsam3_ros.scene3d.plane import Plane

VOXEL_M = 0.004
MAX_OBJECT_POINTS = 2000
MAX_OBSTACLES = 4000
MAX_BODY_POINTS = 3000
_STEP_M = 0.01
_BEHIND_M = 0.005


@dataclass(frozen=True, eq=False)
class GraspScene:
    """An object and its surroundings.

    Attributes:
        cloud: The whole image.
        points: float64 (N, 3), the object's, thinned out.
        normals: float64 (N, 3), theirs, towards the camera.
        body: float64 (K, 3), where the hand must not be for the object: its points and, with a
            support, all below them, as the back of what stands there is seldom seen.
        obstacles: float64 (M, 3), other points near the object, thinned out.
        support: The plane below the object, as far as known.
    """

    cloud: OrganizedCloud
    points: np.ndarray
    normals: np.ndarray
    body: np.ndarray
    obstacles: np.ndarray
    support: Plane | None

    @classmethod
    def of(
        cls,
        cloud: OrganizedCloud,
        label: int,
        support: Plane | None,
        reach: float,
        own: np.ndarray | None = None,
    ) -> GraspScene:
        """Gather it.

        Args:
            cloud: Of the whole image.
            label: Of the object.
            support: The plane below the object.
            reach: How far from the object obstacles matter, metres.
            own: bool (H, W), the object's ``object_mask``, where that is made already.
        """
        mask = object_mask(cloud, label) if own is None else own
        points = cloud.points[mask].astype(np.float64)
        chosen = voxel_sample(points, VOXEL_M, MAX_OBJECT_POINTS)
        normals = surface_normals(cloud, mask)[chosen]
        points = points[chosen]
        others = cloud.points[background_mask(cloud, label)].astype(np.float64)
        if len(points):
            low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
            others = others[((others >= low) & (others <= high)).all(axis=1)]
        others = others[voxel_sample(others, VOXEL_M, MAX_OBSTACLES)]
        return cls(cloud, points, normals, _down_to(support, points), others, support)

    def open_share(self, places: np.ndarray) -> float:
        """Return the share of places (N, 3) that the camera sees to be empty.

        A place outside the image or at a hole counts half: nothing is known of it.
        """
        height, width = self.cloud.size
        pixels = np.rint(self.cloud.camera.project(places))
        known = (pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
        columns, rows = pixels[known].astype(np.int64).T
        depth = self.cloud.depth[rows, columns]
        seen = np.where(np.isnan(depth), 0.5, depth > places[known, 2] - _BEHIND_M)
        return float((seen.sum() + 0.5 * (~known).sum()) / len(places))


def _down_to(support: Plane | None, points: np.ndarray) -> np.ndarray:
    """Return points and copies of them in steps down to the plane, thinned out."""
    if support is None or not len(points):
        return points
    heights = support.heights(points)
    layers = [points]
    for drop in np.arange(_STEP_M, max(heights.max(), 0.0), _STEP_M):
        layers.append(points[heights > drop] - drop * support.normal)
    body = np.concatenate(layers)
    return body[voxel_sample(body, VOXEL_M, MAX_BODY_POINTS)]
