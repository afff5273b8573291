"""How a clip is varied: the same turn for all frames, colors of the clip and of each frame."""

from __future__ import annotations

from dataclasses import dataclass
import math

import cv2
import numpy as np

_FILL = (127, 127, 127)
"""Beside the picture: SAM 3's mean, which is zero once prepared."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class ClipAugmentation:
    """Bounds of what is drawn; the defaults are EdgeTAM's (arXiv 2501.07256).

    Attributes:
        mirror: Probability.
        reverse: Probability that a clip runs backwards.
        degrees: Largest turn.
        shear: Largest shear, degrees.
        color: Largest change of brightness, contrast and saturation of a clip, as a share.
        gray: Probability that a clip loses its colors.
        frame_color: As ``color``, of each frame by itself.
    """

    mirror: float = 0.5
    reverse: float = 0.5
    degrees: float = 25.0
    shear: float = 20.0
    color: float = 0.1
    gray: float = 0.05
    frame_color: float = 0.1

    def __post_init__(self) -> None:
        shares = (self.mirror, self.reverse, self.gray, self.color, self.frame_color)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError('Probabilities and changes of color are shares; give 0 to 1.')
        if not (0 <= self.degrees <= 180 and 0 <= self.shear < 60):
            raise ValueError('Turns are 0 to 180 degrees, shears 0 to less than 60.')

    def turned(self, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
        """Draw a turn about the picture's centre: float64 (2, 3), pixel to pixel.

        Args:
            height: Rows of the picture.
            width: Its columns.
            rng: Draws mirror, turn and shear.
        """
        mirrored = -1.0 if rng.random() < self.mirror else 1.0
        angle = math.radians(float(rng.uniform(-self.degrees, self.degrees)))
        across, along = (
            math.tan(math.radians(float(rng.uniform(-self.shear, self.shear)))) for _ in range(2)
        )
        turn = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        linear = np.array(turn) @ np.array([[1.0, across], [along, 1.0]])
        linear = linear @ np.diag([mirrored, 1.0])
        center = np.array([(width - 1) / 2, (height - 1) / 2])
        return np.column_stack([linear, center - linear @ center])

    def colored(self, frames: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
        """Return frames uint8 (H, W, 3) in other colors."""
        shared = rng.uniform(1 - self.color, 1 + self.color, 3)
        if rng.random() < self.gray:
            shared[2] = 0.0
        own = rng.uniform(1 - self.frame_color, 1 + self.frame_color, (len(frames), 3))
        return [_changed(rgb, *(shared * each)) for rgb, each in zip(frames, own)]


UNCHANGED = ClipAugmentation(*(0.0,) * 7)
"""For validations."""


def warped_picture(rgb: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Turn a frame uint8 (H, W, 3)."""
    size = (rgb.shape[1], rgb.shape[0])
    return cv2.warpAffine(rgb, turn, size, flags=cv2.INTER_LINEAR, borderValue=_FILL)


def warped_mask(mask: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Turn a mask float32 (H, W) along; what leaves the picture is gone."""
    size = (mask.shape[1], mask.shape[0])
    return cv2.warpAffine(mask, turn, size, flags=cv2.INTER_LINEAR, borderValue=0)


def _changed(rgb: np.ndarray, brightness: float, contrast: float, saturation: float) -> np.ndarray:
    value = rgb.astype(np.float32) * brightness
    gray = (value @ _LUMA)[..., None]
    value = gray + (value - gray) * saturation
    mean = float(gray.mean())
    value = mean + (value - mean) * contrast
    return value.round().clip(0, 255).astype(np.uint8)
