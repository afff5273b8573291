"""What surrounds the objects: table, room and lights, and how they change from film to film."""

from __future__ import annotations

from typing import Protocol

import mujoco
import numpy as np

from efficientsam3_ros.simulation.scene import lighting, room


class Stage(Protocol):
    """Everything in a scene but the objects. The geom of the table top is called 'table'."""

    def add(self, spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
        """Add it to a scene that is not compiled yet."""
        ...

    def randomize(self, model: mujoco.MjModel, rng: np.random.Generator) -> None:
        """Draw lights and surfaces anew; writes to ``model`` only."""
        ...


class PlainStage:
    """Even lights and a room of repeated textures: what figures of plain packs are stored for.

    Args:
        files: Names of committed textures to choose from, beside patterns drawn by code.
    """

    def __init__(self, files: tuple[str, ...]) -> None:
        self._files = files

    def add(self, spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
        """Add lights and room."""
        lighting.add_lights(spec)
        room.add_room(spec, rng, self._files)

    def randomize(self, model: mujoco.MjModel, rng: np.random.Generator) -> None:
        """Draw lights and surfaces anew; writes to ``model`` only."""
        lighting.randomize(model, rng)
        room.randomize(model, rng)
