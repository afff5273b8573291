"""The stage of scenes that look like photographs."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np

from efficientsam3_ros.simulation.scene.photo import furniture, lighting, room
from efficientsam3_ros.simulation.scene.photo.surfaces import photographs

# All lights are directional, so faces need no inner vertices; furniture has many faces.
_QUADS = 2
# Shadows are blurred afterwards.
_SHADOW_SIZE = 512


class PhotoStage:
    """Rooms with varied tables, furniture, soft shadows; see ``Stage``.

    Args:
        backgrounds: Folder of photographs for tops, floors and walls; None draws them all by code.

    Raises:
        AssetError: If the folder holds no picture.
    """

    def __init__(self, backgrounds: Path | None) -> None:
        self._photos = photographs(backgrounds)

    def add(self, spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
        """Add lights, room and furniture."""
        spec.visual.quality.numquads = _QUADS
        spec.visual.quality.shadowsize = _SHADOW_SIZE
        lighting.add_lights(spec)
        room.add_room(spec, rng, self._photos)
        furniture.add_furniture(spec, rng)

    def randomize(self, model: mujoco.MjModel, rng: np.random.Generator) -> None:
        """Draw lights and surfaces anew; writes to ``model`` only."""
        lighting.randomize(model, rng)
        room.randomize(model, rng)
