"""A camera that takes photographs: the same one through a film, another for every still."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from efficientsam3_ros.simulation.camera.contact import darkening
from efficientsam3_ros.simulation.camera.effects import CameraLook, photographed
from efficientsam3_ros.simulation.camera.soft_shadow import softening


@dataclass(frozen=True)
class Drawing:
    """What the renderer draws of one view.

    Attributes:
        rgb: uint8 (H, W, 3).
        unshadowed: The same without shadows; only what is table counts.
        depth: float32 (H, W), metres.
        table: bool (H, W), where the table top is seen.
    """

    rgb: np.ndarray
    unshadowed: np.ndarray
    depth: np.ndarray
    table: np.ndarray


class PhotoCamera:
    """Turns drawings into photographs; number ``index`` is the same whatever was drawn before.

    Args:
        seed: Randomness of looks and noise.
        focal: Focal length, pixels.
        stills: Whether every image is of another camera.
    """

    def __init__(self, seed: np.random.SeedSequence, focal: float, stills: bool) -> None:
        self._seed, self._focal = seed, focal
        self._look = None if stills else CameraLook.drawn(np.random.default_rng(seed))

    def picture(self, index: int, drawing: Drawing) -> np.ndarray:
        """Return the photograph of a view, uint8 (H, W, 3).

        Args:
            index: Number of the frame.
            drawing: The view.
        """
        key = (*self._seed.spawn_key, index)
        rng = np.random.default_rng(np.random.SeedSequence(self._seed.entropy, spawn_key=key))
        look = CameraLook.drawn(rng) if self._look is None else self._look
        return photographed(self._shaded(drawing, look), look, rng)

    def _shaded(self, drawing: Drawing, look: CameraLook) -> np.ndarray:
        distance = float(np.median(drawing.depth[::8, ::8]))
        width = max(0.6, look.shadow * self._focal / distance)
        factor = softening(drawing.rgb, drawing.unshadowed, drawing.table, width)
        factor *= darkening(drawing.depth, self._focal, look.contact)
        return cv2.multiply(drawing.rgb, cv2.merge([factor] * 3), dtype=cv2.CV_8U)
