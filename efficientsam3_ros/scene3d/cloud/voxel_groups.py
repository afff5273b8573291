"""Occupied cells of a grid in space, and which of them touch."""

from __future__ import annotations

from itertools import product

import numpy as np

_BITS = 21
_LIMIT = (1 << _BITS) - 4


def voxels_of(points: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort points into cells.

    Args:
        points: float (N, 3), finite.
        size: Edge of a cell, in the unit of the points.

    Returns:
        Cells int64 (V, 3), ordered; the cell of each point, int64 (N,); points a cell, int64 (V,).
    """
    cells = np.floor((points - points.min(axis=0)) / size).astype(np.int64)
    # Strays kilometres away share the last cell; one number a cell is what makes this quick.
    cells = np.minimum(cells, _LIMIT) + 1
    keys, owner, counts = np.unique(_keys(cells), return_inverse=True, return_counts=True)
    mask = (1 << _BITS) - 1
    unique = np.stack([keys >> 2 * _BITS, keys >> _BITS & mask, keys & mask], axis=1)
    return unique, owner.reshape(-1), counts


def connected_groups(cells: np.ndarray) -> np.ndarray:
    """Number the groups of cells that touch at a face, an edge or a corner.

    Args:
        cells: int64 (V, 3), from ``voxels_of``, ordered.

    Returns:
        int64 (V,), group of each cell, from 0 without gaps.
    """
    keys = _keys(cells)
    ones, others = [], []
    for offset in product((-1, 0, 1), repeat=3):
        if offset <= (0, 0, 0):
            continue
        wanted = _keys(cells + np.array(offset))
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = np.flatnonzero(keys[place] == wanted)
        ones.append(found)
        others.append(place[found])
    return _components(len(cells), np.concatenate(ones), np.concatenate(others))


def _components(count: int, ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the component of each node: the lowest number wanders along the edges."""
    root = np.arange(count)
    while True:
        lowest = np.minimum(root[ones], root[others])
        before = root.copy()
        np.minimum.at(root, root[ones], lowest)
        np.minimum.at(root, root[others], lowest)
        root = root[root]
        if np.array_equal(root, before):
            return np.unique(root, return_inverse=True)[1].reshape(-1)


def _keys(cells: np.ndarray) -> np.ndarray:
    return np.asarray((cells[:, 0] << 2 * _BITS) | (cells[:, 1] << _BITS) | cells[:, 2])
