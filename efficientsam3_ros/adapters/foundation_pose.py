"""Input of FoundationPose: RGB-D, the camera matrix and the mask of one object.

Format: https://github.com/NVlabs/FoundationPose, ``run_demo.py`` and ``FoundationPose.register``
in ``estimater.py``::

    pose = estimator.register(iteration=5, **one.arguments())

The pose is that of the object's mesh in the same optical frame. ``save_scene`` writes the folder
that ``run_demo.py --test_scene_dir`` reads (``YcbineoatReader`` in ``datareader.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.adapters.input_checks import (
    depth_with_zeros,
    new_path,
    require_object,
    require_pinhole,
)
from efficientsam3_ros.core.writing.atomic import replacing
from efficientsam3_ros.scene3d import OrganizedCloud

NEAREST_M = 0.1
"""Depth below this is no measurement to the tool."""
_FEWEST = 4
_MM = 1000
_FARTHEST_MM = 65535


@dataclass(frozen=True, eq=False)
class FoundationPoseInput:
    """What ``register`` takes; all images have one size.

    Attributes:
        camera_matrix: float64 (3, 3), pixels; the argument ``K``.
        rgb: uint8 (H, W, 3), RGB.
        depth: float32 (H, W), metres, 0 where nothing was measured.
        ob_mask: bool (H, W), the object's pixels.
    """

    camera_matrix: np.ndarray
    rgb: np.ndarray
    depth: np.ndarray
    ob_mask: np.ndarray

    def arguments(self) -> dict[str, np.ndarray]:
        """Return the arguments of ``register`` by name."""
        images = {'rgb': self.rgb, 'depth': self.depth, 'ob_mask': self.ob_mask}
        return {'K': self.camera_matrix, **images}

    def save_scene(self, folder: str | Path, name: str = '0000000') -> None:
        """Write a scene of one image: ``cam_K.txt``, ``rgb``, ``depth`` (mm) and ``masks``.

        Args:
            folder: New folder.
            name: Of the files in it, without ending.

        Raises:
            AdapterError: If the folder exists.
            OSError: If it cannot be written.
        """
        millimetres = np.rint(self.depth.astype(np.float64) * _MM)
        millimetres[millimetres > _FARTHEST_MM] = 0  # farther than 16 bits can tell
        pictures = {
            'rgb': np.ascontiguousarray(self.rgb[..., ::-1]),
            'depth': millimetres.astype(np.uint16),
            'masks': self.ob_mask.astype(np.uint8) * np.uint8(255),
        }
        with replacing(new_path(folder)) as part:
            part.mkdir()
            np.savetxt(part / 'cam_K.txt', self.camera_matrix)
            for kind, picture in pictures.items():
                (part / kind).mkdir()
                done, data = cv2.imencode('.png', picture)
                if not done:
                    raise OSError(f'OpenCV wrote no PNG of {kind}.')
                (part / kind / f'{name}.png').write_bytes(data.tobytes())


def foundation_pose_input(cloud: OrganizedCloud, label: int) -> FoundationPoseInput:
    """Return the input for one object.

    Args:
        cloud: Of the whole image.
        label: Of the object.

    Raises:
        AdapterError: If the lens is distorted, or fewer than four of the object's pixels have
            depth, in which case the tool would return a guess.
    """
    matrix = require_pinhole(cloud, 'FoundationPose')
    require_object(cloud, label)
    depth = depth_with_zeros(cloud)
    depth[depth < NEAREST_M] = 0
    mask = cloud.labels == label
    valid = int(np.count_nonzero(depth[mask]))
    if valid < _FEWEST:
        raise AdapterError(
            f'{valid} pixels of the object with label {label} have depth of {NEAREST_M} m or '
            f'more, {_FEWEST} are needed; move the camera.'
        )
    return FoundationPoseInput(matrix, cloud.rgb.copy(), depth, mask)
