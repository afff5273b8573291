"""Input of GPD: the whole cloud, where the camera was, and where to sample grasps.

Formats: https://github.com/atenpas/gpd, README (files, parameters, views) and
``cfg/eigen_params.cfg``; https://github.com/atenpas/gpd_ros, ``CloudSources``, ``CloudSamples``
and ``CloudIndexed``. Grasps come in the frame of the cloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.adapters.input_checks import new_path, require_object
from efficientsam3_ros.core.writing.ply_file import write_ply
from efficientsam3_ros.scene3d import OrganizedCloud, pack_cloud
from efficientsam3_ros.scene3d.cloud.packing import PackedCloud

MARGIN_M = 0.1
_FEWEST = 10


@dataclass(frozen=True, eq=False)
class GpdInput:
    """The cloud of one camera.

    Attributes:
        points: float32 (N, 3), metres, finite: the object and all that may be hit.
        rgb: uint8 (N, 3).
        labels: uint32 (N,), the objects' labels, 0 = background.
        indices: int64 (M,), the object's points. GPD's own thinning (``voxelize = 1``) leaves
            them pointing at other points, so use ``samples``, or turn it off.
        camera_source: int64 (N,), the camera that saw the point: 0.
        view_points: float64 (1, 3), metres, where the camera was; normals are turned to it.
        workspace: minX, maxX, minY, maxY, minZ, maxZ around the object, metres.
    """

    points: np.ndarray
    rgb: np.ndarray
    labels: np.ndarray
    indices: np.ndarray
    camera_source: np.ndarray
    view_points: np.ndarray
    workspace: tuple[float, ...]

    @property
    def samples(self) -> np.ndarray:
        """Places at which to look for grasps, float64 (M, 3), metres: the object's points."""
        return self.points[self.indices].astype(np.float64)

    def save(self, path: str | Path) -> None:
        """Write a new PLY file for ``detect_grasps CONFIG FILE``.

        Raises:
            AdapterError: If it exists, or its name does not end in ``.ply``.
            OSError: If it cannot be written.
        """
        path = new_path(path)
        if path.suffix != '.ply':
            raise AdapterError(f'{path.name} must end in .ply: GPD reads no other name, silently.')
        write_ply(path, self.points, self.rgb, self.labels)

    def settings(self) -> dict[str, str]:
        """Return the lines of the configuration file that depend on the scene, by their names."""
        spot, room = self.view_points[0], self.workspace
        told = [' '.join(f'{value:.4f}' for value in values) for values in (spot, room)]
        return {'camera_position': told[0], 'workspace': told[1], 'workspace_grasps': told[1]}

    def packed(self) -> PackedCloud:
        """Return the cloud as the fields of a ``sensor_msgs/PointCloud2``."""
        return pack_cloud(self.points, self.rgb, self.labels)


def gpd_input(
    cloud: OrganizedCloud,
    label: int,
    *,
    camera_pose: np.ndarray | None = None,
    margin: float = MARGIN_M,
) -> GpdInput:
    """Return the input for one object.

    Args:
        cloud: Of the whole image.
        label: Of the object.
        camera_pose: float (4, 4), the camera's optical frame in the frame that the cloud shall
            be in; None leaves points in the optical frame.
        margin: Of the workspace around the object, metres.

    Raises:
        AdapterError: If the object is not in view.
    """
    own = require_object(cloud, label, _FEWEST)[cloud.measured]
    pose = np.eye(4) if camera_pose is None else np.asarray(camera_pose, np.float64)
    points = cloud.points[cloud.measured].astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
    low, high = points[own].min(axis=0) - margin, points[own].max(axis=0) + margin
    return GpdInput(
        points.astype(np.float32),
        cloud.rgb[cloud.measured],
        cloud.labels[cloud.measured],
        np.flatnonzero(own).astype(np.int64),
        np.zeros(len(points), np.int64),
        pose[None, :3, 3].copy(),
        tuple(float(v) for pair in zip(low, high) for v in pair),
    )


def fill_cloud_sources(message: Any, one: GpdInput, cloud: Any, std: Any, geometry: Any) -> Any:
    """Fill a ``CloudSources`` message.

    Args:
        message: An empty one.
        one: The input.
        cloud: ``sensor_msgs/PointCloud2`` of ``one.packed()``, with its header.
        std: ``std_msgs.msg``.
        geometry: ``geometry_msgs.msg``.

    Returns:
        The same message.
    """
    message.cloud = cloud
    message.camera_source = [std.Int64(data=int(value)) for value in one.camera_source]
    message.view_points = fill_points(one.view_points, geometry)
    return message


def fill_points(places: np.ndarray, geometry: Any) -> list[Any]:
    """Return places (N, 3) as ``geometry_msgs/Point``, such as the field ``samples``."""
    return [geometry.Point(x=float(x), y=float(y), z=float(z)) for x, y, z in places]
