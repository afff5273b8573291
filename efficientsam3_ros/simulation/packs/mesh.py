"""The triangle mesh that every pack is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

TRIANGLES = 1500
FOLDER = Path(__file__).parents[1] / 'assets'
"""Committed shapes and textures."""


class AssetError(RuntimeError):
    """An asset file is missing or unknown; the message says how to get it."""


@dataclass(frozen=True)
class Finish:
    """How a surface takes light.

    Attributes:
        specular: Strength of highlights, 0 (chalk) to 1 (chrome).
        shininess: Sharpness of highlights, 0 to 1.
    """

    specular: float = 0.5
    shininess: float = 0.5


@dataclass(frozen=True)
class Mesh:
    """Triangle mesh in metres, z up, origin in the centre of the footprint at z = 0.

    Attributes:
        vertices: float32 (V, 3).
        faces: int32 (F, 3).
        texture_coordinates: float32 (V, 2), or None; (0, 0) is the first pixel of the first row.
        image: uint8 (h, w, 3) RGB texture, or None.
        color: Its own colour, RGB 0 to 1, or None.
        finish: How it takes light; of a mesh that is ``plain`` the scene chooses it.
        normals: float32 (V, 3) of unit length, or None: the renderer derives them.
    """

    vertices: np.ndarray
    faces: np.ndarray
    texture_coordinates: np.ndarray | None = None
    image: np.ndarray | None = None
    color: tuple[float, float, float] | None = None
    finish: Finish = Finish()
    normals: np.ndarray | None = None

    @property
    def plain(self) -> bool:
        """Whether the scene may choose its colour."""
        return self.image is None and self.color is None


def decimated(
    vertices: np.ndarray, faces: np.ndarray, coordinates: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weld a mesh and reduce it to about 1500 triangles (needs meshoptimizer).

    Args:
        vertices: (V, 3).
        faces: (F, 3).
        coordinates: (V, 2) texture coordinates, or (V, 0).

    Returns:
        float32 vertices, int32 faces and float32 coordinates.
    """
    import meshoptimizer

    # Without welding the simplifier finds no shared edges and reduces nothing.
    rows = np.round(np.concatenate([vertices, coordinates], axis=1), 6)
    rows, inverse = np.unique(rows, axis=0, return_inverse=True)
    welded = np.ascontiguousarray(inverse.reshape(-1)[faces].reshape(-1), np.uint32)
    kept = np.zeros_like(welded)
    positions = np.ascontiguousarray(rows[:, :3], np.float32)
    count = meshoptimizer.simplify(
        kept, welded, positions, target_index_count=3 * TRIANGLES, target_error=0.02
    )
    used, index = np.unique(kept[:count], return_inverse=True)
    faces = index.reshape(-1, 3).astype(np.int32)
    return positions[used], faces, rows[used, 3:].astype(np.float32)
