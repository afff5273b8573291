"""A scene in which something can be picked up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import mujoco
import numpy as np

from efficientsam3_ros.simulation.grasping.hand_body import add_hand
from efficientsam3_ros.simulation.grasping.hand_shape import HandShape
from efficientsam3_ros.simulation.grasping.solids import convex_parts
from efficientsam3_ros.simulation.packs.mesh import Mesh

_KEPT_SHAPES = 64


class GraspEquipment:
    """A gripper, and objects that are as hollow as they look; an ``Addition``.

    Args:
        shape: Of the gripper.
    """

    def __init__(self, shape: HandShape) -> None:
        self._shape = shape

    def add(self, spec: mujoco.MjSpec) -> None:
        """Add the hand, out of sight."""
        add_hand(spec, self._shape)

    def solid_parts(self, mesh: Mesh) -> Sequence[np.ndarray]:
        """Return the convex parts of a mesh."""
        vertices = np.ascontiguousarray(mesh.vertices, np.float32)
        faces = np.ascontiguousarray(mesh.faces, np.int32)
        return _parts(vertices.tobytes(), faces.tobytes())


@lru_cache(maxsize=_KEPT_SHAPES)
def _parts(vertices: bytes, faces: bytes) -> tuple[np.ndarray, ...]:
    """Remember shapes: a pack gives the same ones to scene after scene."""
    return convex_parts(
        np.frombuffer(vertices, np.float32).reshape(-1, 3),
        np.frombuffer(faces, np.int32).reshape(-1, 3),
    )
