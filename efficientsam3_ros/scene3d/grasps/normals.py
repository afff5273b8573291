"""Normals of an organised cloud."""

from __future__ import annotations

from itertools import product

import numpy as np

from efficientsam3_ros.scene3d.cloud import OrganizedCloud
from efficientsam3_ros.scene3d.cloud.depth_edges import JUMP_M, JUMP_SHARE

WINDOW_PIXELS = 7
_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


def surface_normals(
    cloud: OrganizedCloud, mask: np.ndarray, window: int = WINDOW_PIXELS
) -> np.ndarray:
    """Fit a plane to the neighbours of each pixel by least squares.

    Neighbours beyond a jump of depth do not count: a plane through the rim of a bowl and its
    inside behind the rim would be a surface that nobody can touch.

    Args:
        cloud: Of the whole image.
        mask: bool (H, W), pixels of one object with a point; only they are neighbours.
        window: Edge of the square of neighbours, pixels, odd.

    Returns:
        float64 (N, 3), of length 1, towards the camera; in the order of ``cloud.points[mask]``.
    """
    rows, columns = np.nonzero(mask)
    if not rows.size:
        return np.zeros((0, 3))
    reach = window // 2
    region = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    padded = np.full((*(np.array(mask[region].shape) + 2 * reach), 3), np.nan)
    padded[reach:-reach, reach:-reach][mask[region]] = cloud.points[mask]
    rows, columns = rows - rows.min(), columns - columns.min()
    points = padded[rows + reach, columns + reach]
    covariance = np.zeros((len(points), 3, 3))
    total, count = np.zeros_like(points), np.ones(len(points))
    for down, right in product(range(window), repeat=2):
        off = padded[rows + down, columns + right] - points
        near = np.abs(off[:, 2]) < JUMP_M + JUMP_SHARE * points[:, 2]
        off[~near] = 0
        total += off
        count += near
        for a, b in _PAIRS:
            covariance[:, a, b] += off[:, a] * off[:, b]
    mean = total / count[:, None]
    for a, b in _PAIRS:
        covariance[:, a, b] = covariance[:, a, b] / count - mean[:, a] * mean[:, b]
        covariance[:, b, a] = covariance[:, a, b]
    normals = np.linalg.eigh(covariance)[1][:, :, 0]
    away = (normals * points).sum(axis=1) > 0
    return np.where(away[:, None], -normals, normals)
