"""A camera that takes photographs: the same one through a film, another for every still."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.camera.contact import darken
from efficientsam3_ros.simulation.camera.effects import CameraLook, photographed


class PhotoCamera:
    """Turns ideal images into photographs; image ``index`` is the same whatever was drawn before.

    Args:
        seed: Randomness of looks and noise.
        focal: Focal length, pixels.
        stills: Whether every image is of another camera.
    """

    def __init__(self, seed: np.random.SeedSequence, focal: float, stills: bool) -> None:
        self._seed, self._focal = seed, focal
        self._look = None if stills else CameraLook.drawn(np.random.default_rng(seed))

    def picture(self, index: int, rgb: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """Return the photograph of an image.

        Args:
            index: Its number.
            rgb: uint8 (H, W, 3).
            depth: float32 (H, W), metres.
        """
        key = (*self._seed.spawn_key, index)
        rng = np.random.default_rng(np.random.SeedSequence(self._seed.entropy, spawn_key=key))
        look = CameraLook.drawn(rng) if self._look is None else self._look
        return photographed(darken(rgb, depth, self._focal, look.contact), look, rng)
