"""The triangle mesh that every pack is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class AssetError(RuntimeError):
    """An asset file is missing or unknown; the message says how to get it."""


@dataclass(frozen=True)
class Mesh:
    """Triangle mesh in metres, z up, origin in the centre of the footprint at z = 0.

    Attributes:
        vertices: float32 (V, 3).
        faces: int32 (F, 3).
        texture_coordinates: float32 (V, 2), or None.
        image: uint8 (h, w, 3) RGB texture, or None.
        color: Its own colour, RGB 0 to 1, or None.
    """

    vertices: np.ndarray
    faces: np.ndarray
    texture_coordinates: np.ndarray | None = None
    image: np.ndarray | None = None
    color: tuple[float, float, float] | None = None

    @property
    def plain(self) -> bool:
        """Whether the scene may choose its colour."""
        return self.image is None and self.color is None
