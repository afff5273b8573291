"""A point, a color and a label for each pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.scene3d.camera import CameraModel, back_project
from efficientsam3_ros.scene3d.errors import SceneError


@dataclass(frozen=True, eq=False)
class OrganizedCloud:
    """The points of one image, in its camera's optical frame (x right, y down, z forward).

    Attributes:
        points: float32 (H, W, 3), metres; NaN where nothing was measured.
        rgb: uint8 (H, W, 3).
        labels: uint32 (H, W), the object that owns the pixel, 0 = none.
        camera: The color camera.
    """

    points: np.ndarray
    rgb: np.ndarray
    labels: np.ndarray
    camera: CameraModel

    @property
    def size(self) -> tuple[int, int]:
        """Of the image, (height, width) in pixels."""
        return int(self.points.shape[0]), int(self.points.shape[1])

    @property
    def depth(self) -> np.ndarray:
        """Distance along the optical axis, float32 (H, W), metres, NaN where none."""
        return self.points[..., 2]

    @property
    def measured(self) -> np.ndarray:
        """Pixels that have a point, bool (H, W)."""
        return np.isfinite(self.points[..., 2])


def make_cloud(
    depth: np.ndarray, camera: CameraModel, rgb: np.ndarray, labels: np.ndarray
) -> OrganizedCloud:
    """Join depth, color and masks.

    Args:
        depth: float (H, W), metres along the optical axis, registered to the color image.
        camera: The color camera.
        rgb: uint8 (H, W, 3).
        labels: Whole numbers (H, W), such as ``FrameResult.label_image()`` or track ids.

    Raises:
        SceneError: If the sizes differ, or labels are no whole numbers.
    """
    shapes = {'depth': depth.shape, 'color': rgb.shape[:2], 'labels': labels.shape}
    if len(set(shapes.values())) > 1:
        sizes = ', '.join(f'{name} {"x".join(map(str, s[::-1]))}' for name, s in shapes.items())
        raise SceneError(
            f'The images differ in size ({sizes}); register depth to color first, and take the '
            'labels at the size of the color image.'
        )
    if labels.dtype.kind not in 'ui':
        raise SceneError(f'Labels are whole numbers, got {labels.dtype}.')
    return OrganizedCloud(back_project(depth, camera), rgb, labels.astype(np.uint32), camera)
