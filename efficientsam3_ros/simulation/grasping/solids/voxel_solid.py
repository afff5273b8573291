"""A shape as cells of a grid: what its surface passes, and what it encloses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FINEST_M = 0.004
_CELLS = 44
_RIM = 1


@dataclass(frozen=True, eq=False)
class VoxelSolid:
    """Cells of a grid.

    Attributes:
        filled: bool (X, Y, Z); the outermost layer is empty.
        cell_of: int64 (N, 3), the cell of each surface point.
        pitch: Edge of a cell, metres.
    """

    filled: np.ndarray
    cell_of: np.ndarray
    pitch: float

    @classmethod
    def of(cls, samples: np.ndarray) -> VoxelSolid:
        """Fill the cells that a surface passes, and those that nothing reaches from outside.

        Scanned surfaces have holes smaller than a cell; through larger ones a solid becomes a
        shell, which fingers meet all the same.

        Args:
            samples: float64 (N, 3), all over the surface, closer than a cell.
        """
        low = samples.min(axis=0)
        pitch = max(_FINEST_M, float(np.ptp(samples, axis=0).max()) / _CELLS)
        cells = ((samples - low) / pitch).astype(np.int64) + _RIM
        surface = np.zeros(cells.max(axis=0) + 1 + _RIM, bool)
        surface[tuple(cells.T)] = True
        return cls(~_outside(surface), cells, pitch)


def _outside(surface: np.ndarray) -> np.ndarray:
    """Return the empty cells that a walk from the first corner reaches."""
    reached = np.zeros_like(surface)
    reached[0, 0, 0] = True
    free = ~surface
    count = 0
    while (now := int(reached.sum())) > count:
        count = now
        for axis in range(3):
            view = np.moveaxis(reached, axis, 0)
            room = np.moveaxis(free, axis, 0)
            # One sweep there and back fills straight runs at once.
            for index in range(1, len(view)):
                view[index] |= view[index - 1] & room[index]
            for index in range(len(view) - 2, -1, -1):
                view[index] |= view[index + 1] & room[index]
    return reached
