"""Pieces of surface: triangles with normals and with places in the texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

# Neighbours in the texture would bleed into a piece at its very edge.
_MARGIN = 0.005
_SMALLEST_AREA = 1e-11


@dataclass(frozen=True)
class Cell:
    """Rectangle of the texture in shares of its width and height, x right, y down."""

    left: float
    top: float
    right: float
    bottom: float

    def place(self, coordinates: np.ndarray) -> np.ndarray:
        """Map (..., 2) of the unit square into the rectangle, a little inside its edge."""
        low = np.array([self.left, self.top]) + _MARGIN
        high = np.array([self.right, self.bottom]) - _MARGIN
        return low + np.clip(coordinates, 0, 1) * (high - low)


@dataclass(frozen=True)
class Patch:
    """Triangles, counter-clockwise as seen from outside.

    Attributes:
        vertices: float64 (V, 3), metres.
        normals: float64 (V, 3), unit length, outwards.
        coordinates: float64 (V, 2), in the texture, x right, y down.
        faces: int64 (F, 3).
    """

    vertices: np.ndarray
    normals: np.ndarray
    coordinates: np.ndarray
    faces: np.ndarray

    def turned(self, rotation: np.ndarray) -> Patch:
        """Rotate by a (3, 3) matrix."""
        return replace(
            self, vertices=self.vertices @ rotation.T, normals=self.normals @ rotation.T
        )

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Patch:
        """Move, metres."""
        return replace(self, vertices=self.vertices + np.array([x, y, z]))

    def scaled_by_height(
        self, heights: Sequence[float], x: Sequence[float], y: Sequence[float]
    ) -> Patch:
        """Scale x and y by factors that are interpolated between ``heights``, ascending."""
        z = self.vertices[:, 2]
        factors = np.stack(
            [np.interp(z, heights, x), np.interp(z, heights, y), np.ones(len(z))], 1
        )
        normals = self.normals / factors
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        return replace(self, vertices=self.vertices * factors, normals=normals)


def grid(points: np.ndarray, normals: np.ndarray, coordinates: np.ndarray) -> Patch:
    """Join rows and columns of points by triangles; those without area are left out.

    Args:
        points: (R, C, 3); seen from outside, rows go down and columns go right.
        normals: (R, C, 3).
        coordinates: (R, C, 2) in the texture.
    """
    rows, columns = points.shape[:2]
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    faces = np.concatenate([np.stack([a, c, d], -1), np.stack([a, d, b], -1)]).reshape(-1, 3)
    vertices = points.reshape(-1, 3)
    corner = vertices[faces]
    doubled = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    faces = faces[np.linalg.norm(doubled, axis=1) > 2 * _SMALLEST_AREA]
    return Patch(vertices, normals.reshape(-1, 3), coordinates.reshape(-1, 2), faces)


def quad(corners: np.ndarray, cell: Cell, divisions: int = 2) -> Patch:
    """Flat piece between four corners (4, 3): top left, top right, bottom left, bottom right."""
    share = np.linspace(0, 1, divisions + 1)
    v, u = np.meshgrid(share, share, indexing='ij')
    top = corners[0] + u[..., None] * (corners[1] - corners[0])
    bottom = corners[2] + u[..., None] * (corners[3] - corners[2])
    points = top + v[..., None] * (bottom - top)
    normal = np.cross(corners[2] - corners[0], corners[3] - corners[0])
    if not np.linalg.norm(normal) > _SMALLEST_AREA:
        normal = np.cross(corners[3] - corners[0], corners[1] - corners[0])
    normal = normal / np.linalg.norm(normal)
    return grid(points, np.broadcast_to(normal, points.shape), cell.place(np.stack([u, v], -1)))


def union(patches: Sequence[Patch]) -> Patch:
    """Put pieces together."""
    starts = np.cumsum([0, *(len(p.vertices) for p in patches)])
    return Patch(
        np.concatenate([p.vertices for p in patches]),
        np.concatenate([p.normals for p in patches]),
        np.concatenate([p.coordinates for p in patches]),
        np.concatenate([p.faces + start for p, start in zip(patches, starts)]),
    )


def about_x(degrees: float) -> np.ndarray:
    """Return the (3, 3) rotation about x."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def about_y(degrees: float) -> np.ndarray:
    """Return the (3, 3) rotation about y."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
