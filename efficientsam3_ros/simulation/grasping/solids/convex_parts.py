"""Cuts a shape into nearly convex parts.

A physics engine takes a mesh for its convex hull: a mug is full, and no finger gets into it. So
the solid is halved by planes, greedily: always the part whose hull holds the most empty space, by
the plane that leaves the least. It is the idea of K. Mamou and F. Ghorbel, "A simple and efficient
approach for 3D mesh approximate convex decomposition" (ICIP 2009) and of V-HACD, on cells, with
the hull between 85 pairs of parallel planes in the place of the exact one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from efficientsam3_ros.simulation.grasping.solids.surface_samples import triangle_samples
from efficientsam3_ros.simulation.grasping.solids.voxel_solid import VoxelSolid

MOST_PARTS = 24
_DIRECTIONS = 72
_SPACING_M = 0.002
_ENOUGH, _ENOUGH_M3 = 0.08, 3e-5
_LEAST_CELLS = 12
_AT_ONCE = 13
_CUTS = (0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85)
_THINNEST_M = 0.001
_MOST_POINTS = 400


def _directions() -> np.ndarray:
    """Return 13 directions of the grid and others evenly between them, float64 (D, 3)."""
    grid = np.array([d for d in product((-1, 0, 1), repeat=3) if d > (0, 0, 0)], np.float64)
    grid /= np.linalg.norm(grid, axis=1)[:, None]
    number = np.arange(_DIRECTIONS) + 0.5
    height = number / _DIRECTIONS
    turn, radius = np.pi * (1 + np.sqrt(5)) * number, np.sqrt(1 - height**2)
    even = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    return np.concatenate([grid, even])


_NORMALS = _directions()
# Of grid directions: x, y, z and the diagonals of the level plane, in which most things are round.
_CUT_NORMALS = [
    int(np.abs(_NORMALS @ np.array(d) / np.linalg.norm(d)).argmax())
    for d in ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, -1, 0))
]


@dataclass(frozen=True, eq=False)
class _Part:
    """Surface cells of a part, and the empty cells that its hull holds, as rows of projections."""

    cells: np.ndarray
    empty: np.ndarray


def convex_parts(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return points whose convex hulls together are about the shape.

    Args:
        vertices: float (V, 3), metres.
        faces: int (F, 3).

    Returns:
        float64 (K, 3) of each of at most ``MOST_PARTS`` parts, metres; the same for the same mesh.
    """
    samples = triangle_samples(vertices, faces, _SPACING_M)
    solid = VoxelSolid.of(samples)
    shell = np.unique(solid.cell_of, axis=0)
    projected = (shell @ _NORMALS.T).astype(np.float32)
    empty = (np.argwhere(~solid.filled) @ _NORMALS.T).astype(np.float32)
    parts = [_Part(np.arange(len(shell)), _inside(empty, projected))]
    enough = min(_ENOUGH * int(solid.filled.sum()), _ENOUGH_M3 / solid.pitch**3)
    while len(parts) < MOST_PARTS and sum(len(part.empty) for part in parts) > enough:
        worst = max(range(len(parts)), key=lambda i: len(parts[i].empty))
        halves = _halved(parts[worst], projected)
        if halves is None:
            break
        parts[worst : worst + 1] = halves
    owner = np.full(solid.filled.shape, -1)
    for number, part in enumerate(parts):
        owner[tuple(shell[part.cells].T)] = number
    numbers = owner[tuple(solid.cell_of.T)]
    found = [samples[numbers == number] for number in range(len(parts))]
    return tuple(_thick(_thinned(points)) for points in found if len(points) > 3)


def _inside(candidates: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return the rows that lie between all pairs of planes around some rows."""
    low, high = own.min(axis=0), own.max(axis=0)
    for start in range(0, low.size, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        part = candidates[:, some]
        candidates = candidates[((part >= low[some]) & (part <= high[some])).all(axis=1)]
    return candidates


def _halved(part: _Part, projected: np.ndarray) -> tuple[_Part, _Part] | None:
    """Return both sides of the best plane; None if none leaves less empty space."""
    own, best, least = projected[part.cells], None, len(part.empty)
    for normal in _CUT_NORMALS:
        along = own[:, normal]
        low, high = along.min(), along.max()
        for share in _CUTS:
            first = along <= low + share * (high - low)
            if min(first.sum(), (~first).sum()) < _LEAST_CELLS:
                continue
            sides = [_inside(part.empty, own[side]) for side in (first, ~first)]
            if (left := len(sides[0]) + len(sides[1])) < least:
                least = left
                best = tuple(
                    _Part(part.cells[side], rows) for side, rows in zip((first, ~first), sides)
                )
    return None if best is None else (best[0], best[1])


def _thinned(points: np.ndarray) -> np.ndarray:
    """Return the points that are outermost in some direction, and a few others."""
    fine = np.random.default_rng(0).normal(size=(_MOST_POINTS, 3))
    return points[np.unique((points @ fine.T).argmax(axis=0))]


def _thick(points: np.ndarray) -> np.ndarray:
    """Return points that enclose a volume: a flat sheet has no hull."""
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    if np.ptp((points - middle) @ axes.T, axis=0).min() >= _THINNEST_M:
        return points
    axis = axes[2] * _THINNEST_M / 2
    return np.concatenate([points - axis, points + axis])
