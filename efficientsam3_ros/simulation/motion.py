"""How the scene changes from frame to frame."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation import lighting, placement, room
from efficientsam3_ros.simulation.camera import View, random_view
from efficientsam3_ros.simulation.scene import Scene

_FRAMES_PER_LAYOUT = 3
_MOVED_SHARE = 0.5
_PARKED_SHARE = 0.15
_QUICK_SETTLE_STEPS = 120


class StillMotion:
    """Independent pictures: new view, light and surfaces every frame, a new layout every third."""

    def __init__(
        self,
        scene: Scene,
        motion: np.random.Generator,
        camera: np.random.Generator,
        light: np.random.Generator,
    ) -> None:
        self._scene = scene
        self._motion, self._camera, self._light = motion, camera, light

    def view(self, index: int) -> View:
        """Change the scene for frame ``index`` and return the view to draw."""
        if index and index % _FRAMES_PER_LAYOUT == 0:
            self._rearrange()
        lighting.randomise(self._scene.model, self._light)
        room.randomise(self._scene.model, self._light)
        shown = placement.on_table(self._scene)
        return random_view(self._camera, self._scene.positions()[shown])

    def _rearrange(self) -> None:
        count = len(self._scene.objects)
        draws = self._motion.random(count)
        moved = [int(i) for i in np.flatnonzero(draws < _MOVED_SHARE)]
        for index in moved:
            placement.park(self._scene, index)
        keep = [i for i in moved if draws[i] > _PARKED_SHARE]
        placement.place(self._scene, self._motion, keep)
        placement.settle(self._scene, _QUICK_SETTLE_STEPS)
