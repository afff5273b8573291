"""What a kind of thing gives to the scene: parts with one texture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Finish, Mesh
from efficientsam3_ros.simulation.prints.forms.patch import Cell, Patch, union

Maker: TypeAlias = Callable[[str, np.random.Generator], tuple[Mesh, ...]]
"""Makes one thing whose main color has the given name."""

LABEL_PIXELS = 384
PLAIN_PIXELS = 192

# Places in the texture of round things.
WRAP = Cell(0, 0, 1, 0.62)
TOP = Cell(0, 0.62, 0.38, 1)
BOTTOM = Cell(0.38, 0.62, 0.76, 1)
RIM = Cell(0.76, 0.62, 1, 0.8)
SPARE = Cell(0.76, 0.8, 1, 1)


@dataclass(frozen=True)
class Part:
    """Pieces of one finish; together they must not be flat, as physics needs a volume."""

    pieces: Sequence[Patch]
    finish: Finish


def meshes(parts: Sequence[Part], image: np.ndarray) -> tuple[Mesh, ...]:
    """Return the meshes of a thing, on z = 0 and centred over the origin.

    Args:
        parts: Its parts.
        image: uint8 (h, w, 3) RGB texture of all of them.
    """
    joined = [union(part.pieces) for part in parts]
    every = np.concatenate([patch.vertices for patch in joined])
    low, high = every.min(0), every.max(0)
    origin = np.array([*(low[:2] + high[:2]) / 2, low[2]])
    return tuple(
        Mesh(
            (patch.vertices - origin).astype(np.float32),
            patch.faces.astype(np.int32),
            patch.coordinates.astype(np.float32),
            image,
            finish=part.finish,
            normals=patch.normals.astype(np.float32),
        )
        for part, patch in zip(parts, joined)
    )
