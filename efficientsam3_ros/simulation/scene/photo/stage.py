"""The stage of scenes that look like photographs."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np

from efficientsam3_ros.simulation.scene.photo import furniture, lighting, room
from efficientsam3_ros.simulation.scene.photo.surfaces import photographs

# Lights are computed at vertices: a large face needs many to show where light falls off.
_QUADS = 12
_SHADOW_SIZES = (512, 1024)


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
        spec.visual.quality.shadowsize = int(rng.choice(_SHADOW_SIZES))
        lighting.add_lights(spec)
        room.add_room(spec, rng, self._photos)
        furniture.add_furniture(spec, rng)

    def randomize(self, model: mujoco.MjModel, rng: np.random.Generator) -> None:
        """Draw lights and surfaces anew; writes to ``model`` only."""
        lighting.randomize(model, rng)
        room.randomize(model, rng)
