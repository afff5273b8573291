"""What a PointCloud2 holds, read by its fields."""

from __future__ import annotations

from typing import Any

import numpy as np


def table_of(cloud: Any) -> np.ndarray:
    """Return the points of a PointCloud2, structured (height, width)."""
    kinds = {7: '<f4', 6: '<u4'}
    dtype = np.dtype(
        {
            'names': [field.name for field in cloud.fields],
            'formats': [kinds[field.datatype] for field in cloud.fields],
            'offsets': [field.offset for field in cloud.fields],
            'itemsize': cloud.point_step,
        }
    )
    return np.frombuffer(cloud.data, dtype).reshape(cloud.height, cloud.width)


def xyz_of(cloud: Any) -> np.ndarray:
    """Return the places of a PointCloud2, float32 (height, width, 3)."""
    table = table_of(cloud)
    return np.stack([table[axis] for axis in 'xyz'], axis=-1)


def are_cleaned(labels: np.ndarray, masks: np.ndarray) -> bool:
    """Tell whether labels are those of masks, but for a few pixels that are background.

    Args:
        labels: Of a cloud, (height, width).
        masks: Label of each pixel by masks without a fault; cleaning takes some at outlines.
    """
    away = labels != masks
    return not labels[away].any() and away.sum() < 0.03 * (masks > 0).sum()
