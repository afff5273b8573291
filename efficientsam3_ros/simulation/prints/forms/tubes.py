"""Round bars along a bent line: handles and shafts."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.prints.forms.patch import Cell, Patch, grid


def tube(
    path: np.ndarray, thickness: tuple[float, float], cell: Cell, segments: int = 10
) -> Patch:
    """Return a bar with closed ends along a line in a plane of constant y.

    Args:
        path: (P, 3) centre line, metres.
        thickness: Half sizes of its oval section inside that plane and along y, metres.
        cell: Its place in the texture.
        segments: Columns around it.
    """
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.array([0.0, 1.0, 0.0])
    across = np.cross(side, along)
    share = np.linspace(0, 1, segments + 1)
    cos, sin = np.cos(2 * np.pi * share), np.sin(2 * np.pi * share)
    cos[-1], sin[-1] = cos[0], sin[0]
    rim = across[:, None] * cos[None, :, None], -side * sin[None, :, None]
    points = path[:, None] + thickness[0] * rim[0] + thickness[1] * rim[1]
    normals = rim[0] / thickness[0] + rim[1] / thickness[1]
    normals = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    ends = [np.broadcast_to(path[i], (1, *points.shape[1:])) for i in (0, -1)]
    points = np.concatenate([ends[0], points, ends[1]])
    normals = np.concatenate([normals[:1], normals, normals[-1:]])
    v, u = np.meshgrid(np.linspace(0, 1, len(points)), share, indexing='ij')
    return grid(points, normals, cell.place(np.stack([u, v], -1)))


def arc(
    center: tuple[float, float],
    radii: tuple[float, float],
    degrees: tuple[float, float],
    count: int,
) -> np.ndarray:
    """Return (count, 3) points of an ellipse in the plane y = 0, angles from x towards z."""
    angle = np.radians(np.linspace(*degrees, count))
    x, z = center[0] + radii[0] * np.cos(angle), center[1] + radii[1] * np.sin(angle)
    return np.stack([x, np.zeros(count), z], 1)
