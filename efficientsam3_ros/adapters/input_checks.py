"""What several tools ask of their input."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from efficientsam3_ros.adapters.errors import AdapterError
from efficientsam3_ros.scene3d import OrganizedCloud, object_mask
from efficientsam3_ros.scene3d.camera import pixel_rays

WORST_PIXELS = 1.0
"""How far a lens may move a point from where K alone puts it."""


def require_pinhole(cloud: OrganizedCloud, tool: str) -> np.ndarray:
    """Return K for a tool that knows no lens distortion, float64 (3, 3), pixels.

    Raises:
        AdapterError: If distortion moves a point by more than ``WORST_PIXELS``.
    """
    matrix = cloud.camera.intrinsics.matrix()
    height, width = cloud.size
    pixels = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    straight = pixel_rays(cloud.camera) * matrix[[0, 1], [0, 1]] + matrix[:2, 2]
    moved = float(np.abs(straight - pixels).max())
    if not moved <= WORST_PIXELS:  # NaN is not
        told = 'without bound' if np.isnan(moved) else f'by up to {moved:.0f} pixels'
        raise AdapterError(
            f'{tool} takes K alone, but the lens moves points {told}; rectify color and depth '
            '(image_proc), track on image_rect, and give the camera as rectified.'
        )
    return matrix


def depth_with_zeros(cloud: OrganizedCloud) -> np.ndarray:
    """Return the depth, float32 (H, W), metres, 0 where nothing was measured."""
    return np.where(cloud.measured, cloud.depth, np.float32(0)).astype(np.float32)


def require_object(cloud: OrganizedCloud, label: int, least: int = 1) -> np.ndarray:
    """Return the pixels whose points are surely an object's, bool (H, W).

    Raises:
        AdapterError: If the object is not in the image, or has fewer than ``least`` such points.
    """
    if label < 1:
        raise AdapterError(f'Label {label} is the background; objects have labels from 1 on.')
    if not (cloud.labels == label).any():
        seen = ', '.join(map(str, np.unique(cloud.labels[cloud.labels > 0])[:16])) or 'none'
        raise AdapterError(
            f'No pixel has the label {label}; the image shows the labels {seen}. Take '
            'Instance.label, not the track id, and a label image of the same stamp.'
        )
    mask = object_mask(cloud, label)
    if mask.sum() < least:
        raise AdapterError(
            f'The object with label {label} has {int(mask.sum())} points with depth, {least} are '
            'needed; move the camera to where its depth sensor sees the object.'
        )
    return mask


def new_path(path: str | Path) -> Path:
    """Return a path to write to.

    Raises:
        AdapterError: If something is there already.
    """
    path = Path(path)
    if path.exists():
        raise AdapterError(f'{path} exists already; give a new name.')
    return path
