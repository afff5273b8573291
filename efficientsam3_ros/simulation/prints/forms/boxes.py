"""Boxes with rounded edges, and what is put together from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.prints.forms.patch import Cell, Patch, grid, quad, union

# Axis and sign of: right, down, outwards; as seen from outside.
_SIDES = (
    ((0, 1), (2, -1), (1, -1)),  # front
    ((0, -1), (2, -1), (1, 1)),  # back
    ((1, -1), (2, -1), (0, -1)),  # left
    ((1, 1), (2, -1), (0, 1)),  # right
    ((0, 1), (1, -1), (2, 1)),  # top
    ((0, 1), (1, 1), (2, -1)),  # bottom
)


@dataclass(frozen=True)
class BoxCells:
    """Places in the texture of the six sides; the front faces -y."""

    front: Cell
    back: Cell
    left: Cell
    right: Cell
    top: Cell
    bottom: Cell

    @staticmethod
    def all_of(cell: Cell) -> BoxCells:
        """Use one place for every side."""
        return BoxCells(cell, cell, cell, cell, cell, cell)


def rounded_box(
    size: tuple[float, float, float],
    radius: float,
    cells: BoxCells,
    divisions: int = 3,
) -> Patch:
    """Return a box on z = 0 with its footprint's centre at the origin.

    Args:
        size: Width (x), depth (y) and height (z), metres.
        radius: Of its edges, metres; less than half of the smallest side.
        cells: Its prints.
        divisions: Fields of a side in each direction, besides the rounded edges.
    """
    half = np.array(size) / 2
    order = (cells.front, cells.back, cells.left, cells.right, cells.top, cells.bottom)
    sides = [_side(half, radius, side, cell, divisions) for side, cell in zip(_SIDES, order)]
    return union(sides).moved(z=float(half[2]))


def _side(
    half: np.ndarray,
    radius: float,
    side: tuple[tuple[int, int], ...],
    cell: Cell,
    divisions: int,
) -> Patch:
    (right, right_sign), (down, down_sign), (out, out_sign) = side
    columns, rows = (_stops(half[axis], radius, divisions) for axis in (right, down))
    cube = np.empty((len(rows), len(columns), 3))
    cube[..., right] = right_sign * columns[None]
    cube[..., down] = down_sign * rows[:, None]
    cube[..., out] = out_sign * half[out]
    core = np.clip(cube, -(half - radius), half - radius)
    normals = cube - core
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    u, v = np.meshgrid(columns / half[right], rows / half[down])
    return grid(core + radius * normals, normals, cell.place(np.stack([u, v], -1) / 2 + 0.5))


def _stops(half: float, radius: float, divisions: int) -> np.ndarray:
    inner = np.linspace(-(half - radius), half - radius, divisions + 1)
    return np.array([-half, *inner, half])


def roof(width: float, depth: float, height: float, slope: Cell, end: Cell, floor: Cell) -> Patch:
    """Return a gable on z = 0 whose ridge runs along x."""
    w, d, h = width / 2, depth / 2, height
    left, right = np.array([-w, 0, h]), np.array([w, 0, h])
    corner = {(x, y): np.array([x * w, y * d, 0]) for x in (-1, 1) for y in (-1, 1)}
    faces = (
        ((left, right, corner[-1, -1], corner[1, -1]), slope),
        ((right, left, corner[1, 1], corner[-1, 1]), slope),
        ((left, left, corner[-1, 1], corner[-1, -1]), end),
        ((right, right, corner[1, -1], corner[1, 1]), end),
        ((corner[-1, -1], corner[1, -1], corner[-1, 1], corner[1, 1]), floor),
    )
    return union([quad(np.stack(corners), cell) for corners, cell in faces])
