"""What a scene gets beside its room and objects, and how solid these are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import mujoco
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh


class Addition(Protocol):
    """Something that acts in a scene, such as a hand. Scenes of stored figures have none."""

    def add(self, spec: mujoco.MjSpec) -> None:
        """Add it to a scene that is not compiled yet, out of sight and after all else."""
        ...

    def solid_parts(self, mesh: Mesh) -> Sequence[np.ndarray]:
        """Return points float (K, 3) whose hulls are solid, metres; none for that of the mesh."""
        ...
