"""Points all over a surface."""

from __future__ import annotations

import numpy as np

_MOST_STEPS = 256


def triangle_samples(vertices: np.ndarray, faces: np.ndarray, spacing: float) -> np.ndarray:
    """Return points on every triangle, its corners among them.

    Args:
        vertices: float (V, 3), metres.
        faces: int (F, 3).
        spacing: Largest distance of neighbours along an edge, metres.

    Returns:
        float64 (N, 3), metres, in a fixed order.
    """
    corners = np.asarray(vertices, np.float64)[faces]
    edges = corners - np.roll(corners, 1, axis=1)
    longest = np.linalg.norm(edges, axis=2).max(axis=1)
    steps = np.clip(np.ceil(longest / spacing), 1, _MOST_STEPS).astype(np.int64)
    samples = [
        _weights(int(count)) @ corners[steps == count] for count in np.unique(steps).tolist()
    ]
    return np.concatenate([item.reshape(-1, 3) for item in samples])


def _weights(steps: int) -> np.ndarray:
    """Return barycentric coordinates on a grid of so many steps an edge, float64 (K, 3)."""
    first, second = np.meshgrid(np.arange(steps + 1), np.arange(steps + 1), indexing='ij')
    kept = first + second <= steps
    first, second = first[kept], second[kept]
    return np.stack([first, second, steps - first - second], axis=1) / steps
