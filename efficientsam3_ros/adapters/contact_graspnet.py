"""Input of Contact-GraspNet: depth, camera matrix, segmentation map and color in one file.

Format: https://github.com/NVlabs/contact_graspnet, README ("Inference") and
``load_available_input_data`` in ``contact_graspnet/data.py``. Run it with::

    python contact_graspnet/inference.py --np_path=scene.npz --local_regions --filter_grasps

It answers with ``pred_grasps_cam``, 4x4 poses by label in the same optical frame (OpenCV's axes),
which are those of the image's stamp.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.adapters.input_checks import depth_with_zeros, new_path, require_pinhole
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.scene3d import OrganizedCloud

DEFAULT_Z_RANGE = 0.2, 1.8
"""Metres; ``--z_range`` of ``inference.py``: points beyond are cut away."""
_AROUND_M = 0.05


@dataclass(frozen=True, eq=False)
class ContactGraspNetInput:
    """What ``inference.py`` reads.

    Attributes:
        depth: float32 (H, W), metres, 0 where nothing was measured.
        camera_matrix: float64 (3, 3), pixels; the key ``K``.
        segmap: int32 (H, W), the objects' labels, 0 = background.
        rgb: uint8 (H, W, 3), RGB.
        z_range: Nearest and farthest z in metres: the tool's own range, made wider where an
            object would fall out of it. Give it as ``--z_range="[0.2,2.4]"``.
    """

    depth: np.ndarray
    camera_matrix: np.ndarray
    segmap: np.ndarray
    rgb: np.ndarray
    z_range: tuple[float, float]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by the keys of the file.

        ``rgb`` is in the order BGR there: the tool's loader swaps the channels.
        """
        bgr = np.ascontiguousarray(self.rgb[..., ::-1])
        keys = {'depth': self.depth, 'K': self.camera_matrix}
        return {**keys, 'segmap': self.segmap, 'rgb': bgr}

    def save(self, path: str | Path) -> None:
        """Write a new ``.npz`` file.

        Raises:
            AdapterError: If the name ends otherwise, or is taken.
            OSError: If it cannot be written.
        """
        path = new_path(path)
        if path.suffix != '.npz':
            raise AdapterError(f'{path.name} must end in .npz, by which the tool knows the form.')
        with replacing(path) as part:
            arrays: dict[str, Any] = {**self.arrays()}
            np.savez_compressed(part, **arrays)


def contact_graspnet_input(cloud: OrganizedCloud) -> ContactGraspNetInput:
    """Return the input for all objects of an image.

    Args:
        cloud: Of the whole image.

    Raises:
        AdapterError: If the lens is distorted, or no object has depth.
    """
    matrix = require_pinhole(cloud, 'Contact-GraspNet')
    depth = depth_with_zeros(cloud)
    seen = depth[(cloud.labels > 0) & (depth > 0)]
    if not seen.size:
        raise AdapterError(
            'No object has depth: grasps are kept only on segments. Prompt for what is in view, '
            'and align depth to color.'
        )
    z_range = (
        min(DEFAULT_Z_RANGE[0], max(0.0, float(seen.min()) - _AROUND_M)),
        max(DEFAULT_Z_RANGE[1], float(np.quantile(seen, 0.99)) + _AROUND_M),
    )
    segmap = cloud.labels.astype(np.int32)
    return ContactGraspNetInput(depth, matrix, segmap, cloud.rgb.copy(), z_range)
