"""Pictures and clips of icons before a cloudy background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from training.data.drawn.icons import Icon
from training.data.scene_file import SUPERSAMPLE, SceneFile

_FEWEST, _MOST = 2, 5
_NOISE = 6.0
"""Standard deviation of the noise of a pixel."""


@dataclass(frozen=True)
class Motion:
    """How an icon moves: it swings about a place that drifts, and comes back from beyond the edge.

    Attributes:
        start: x and y as shares of the side.
        speed: Of these in a frame.
        swing: Width of the swing in x and y, as shares of the side.
        phase: Of the swing, radians.
        period: Of the swing, frames.
    """

    start: np.ndarray
    speed: np.ndarray
    swing: np.ndarray
    phase: float
    period: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Motion:
        """Draw one by lot."""
        start, speed = rng.uniform(0.1, 0.9, 2), rng.uniform(-0.05, 0.05, 2)
        phase, period = rng.uniform(0, 2 * np.pi), rng.uniform(8, 24)
        return cls(start, speed, rng.uniform(0, 0.12, 2), phase, period)

    def at(self, frame: int) -> np.ndarray:
        """Return x and y in a frame, each -0.25 to 1.25 of the side."""
        swing = self.swing * np.sin(self.phase + 2 * np.pi * frame / self.period)
        place = self.start + self.speed * frame + swing
        # Up and down again, so that what leaves comes back.
        folded = np.abs((place + 0.25) % 3.0 - 1.5)
        found: np.ndarray = 1.25 - folded
        return found


def clip(rng: np.random.Generator, side: int, frames: int) -> SceneFile:
    """Draw a clip: icons that cross, cover each other, leave and come back; or one picture.

    Args:
        rng: Source of randomness.
        side: Of the frames in pixels.
        frames: How many.
    """
    large = side * SUPERSAMPLE
    count = int(rng.integers(_FEWEST, _MOST + 1))
    icons = [Icon.drawn(number, large, rng) for number in range(1, count + 1)]
    motions = [Motion.drawn(rng) for _ in icons]
    behind = _background(rng, large)
    drawn = [_frame(icons, [m.at(n) * large for m in motions], behind, rng) for n in range(frames)]
    rgb, ids = (np.stack(parts) for parts in zip(*drawn))
    return SceneFile(rgb, ids, tuple(icon.told for icon in icons), np.arange(frames))


def _frame(
    icons: Sequence[Icon],
    centers: Sequence[np.ndarray],
    behind: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return a frame uint8 (side, side, 3) and its ids uint8 (side, side)."""
    rgb, ids = behind.copy(), np.zeros(behind.shape[:2], np.uint8)
    for icon, center in zip(icons, centers):
        icon.paint(rgb, ids, center)
    rgb = np.clip(rgb + rng.normal(0, _NOISE, rgb.shape), 0, 255).astype(np.uint8)
    size = (len(ids) // SUPERSAMPLE,) * 2
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return small, ids[::SUPERSAMPLE, ::SUPERSAMPLE]


def _background(rng: np.random.Generator, side: int) -> np.ndarray:
    patches = int(rng.integers(2, 12))
    coarse = rng.integers(60, 190, (patches, patches, 3)).astype(np.uint8)
    clouds = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    found: np.ndarray = clouds.astype(np.float32) * 0.35 + rng.uniform(60, 140)
    return found
