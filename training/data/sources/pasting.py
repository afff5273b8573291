"""Puts cut-outs on a ground: their size, turn and light, shadows, and who hides whom."""

from __future__ import annotations

import cv2
import numpy as np

SIDES = 44.0, 190.0
"""Longest side of a pasted thing, pixels."""
MOST_HIDDEN = 0.55
ALPHA = 128
"""From this opacity on a pixel belongs to a thing."""
_TRIES = 6


class Canvas:
    """A picture that things are put on.

    Args:
        image: The ground, uint8 (H, W, 3).
        rng: Source of randomness.

    Attributes:
        image: float32 (H, W, 3).
        ids: int32 (H, W), numbers of things, 0 where there is none.
    """

    def __init__(self, image: np.ndarray, rng: np.random.Generator) -> None:
        self.image = image.astype(np.float32)
        self._height, self._width = image.shape[:2]
        self.ids = np.zeros(image.shape[:2], np.int32)
        self._rng = rng
        self._light = rng.uniform(-1, 1, 2)
        self._areas: dict[int, int] = {}

    def put(self, patch: np.ndarray, number: int) -> bool:
        """Put a thing where it hides no other too much; return whether there is room."""
        height, width = patch.shape[:2]
        solid = patch[..., 3] >= ALPHA
        if not solid.any() or height > self._height or width > self._width:
            return False
        for _ in range(_TRIES):
            y = int(self._rng.integers(self._height - height + 1))
            x = int(self._rng.integers(self._width - width + 1))
            window = (slice(y, y + height), slice(x, x + width))
            hidden = np.unique(self.ids[window][solid], return_counts=True)
            if all(self._may_hide(int(i), int(n)) for i, n in zip(*hidden)):
                self._blend(patch, window)
                self.ids[window][solid] = number
                self._areas[number] = int(solid.sum())
                return True
        return False

    def _may_hide(self, number: int, pixels: int) -> bool:
        if number == 0:
            return True
        left = int((self.ids == number).sum()) - pixels
        return left >= (1 - MOST_HIDDEN) * self._areas[number]

    def _blend(self, patch: np.ndarray, window: tuple[slice, slice]) -> None:
        alpha = patch[..., 3].astype(np.float32) / 255
        self._shade(alpha, window)
        part = self.image[window]
        part += alpha[..., None] * (patch[..., :3] - part)

    def _shade(self, alpha: np.ndarray, window: tuple[slice, slice]) -> None:
        """Darken the ground around a thing, more on the side that is away from the light."""
        rng = self._rng
        side = max(alpha.shape)
        blur, reach = side * rng.uniform(0.03, 0.09) + 0.8, side * rng.uniform(0.02, 0.12)
        margin = int(3 * blur + reach) + 1
        shadow = cv2.GaussianBlur(np.pad(alpha, margin), (0, 0), blur)
        dx, dy = self._light * reach
        matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        shadow = cv2.warpAffine(shadow, matrix, shadow.shape[::-1])
        top, left = window[0].start - margin, window[1].start - margin
        y0, x0 = max(0, -top), max(0, -left)
        y1 = min(shadow.shape[0], self._height - top)
        x1 = min(shadow.shape[1], self._width - left)
        cut = shadow[y0:y1, x0:x1, None] * np.float32(rng.uniform(0.2, 0.55))
        self.image[top + y0 : top + y1, left + x0 : left + x1] *= 1 - cut


def changed(patch: np.ndarray, side: float, upright: bool, rng: np.random.Generator) -> np.ndarray:
    """Return a cut-out in another size, turned, mirrored and in another light.

    Args:
        patch: uint8 (h, w, 4).
        side: Longest side wanted, pixels.
        upright: Whether it was photographed from the side, so that it rather stands.
        rng: Source of randomness.

    Returns:
        float32 (h, w, 4), trimmed.
    """
    if rng.random() < 0.5:
        patch = np.ascontiguousarray(patch[:, ::-1])
    height, width = patch.shape[:2]
    turned = not upright or rng.random() < 0.15
    angle = rng.uniform(-180, 180) if turned else rng.normal(0, 9)
    scale = min(side / max(height, width), 1.6)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    cos, sin = np.abs(matrix[0, :2])
    size = int(height * sin + width * cos) + 3, int(height * cos + width * sin) + 3
    matrix[0, 2] += (size[0] - width) / 2
    matrix[1, 2] += (size[1] - height) / 2
    small = patch if scale > 0.6 else cv2.GaussianBlur(patch, (0, 0), 0.35 / scale)
    moved = cv2.warpAffine(small, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32)
    gain = rng.uniform(0.75, 1.2) * rng.uniform(0.94, 1.06, 3)
    moved[..., :3] = np.clip(moved[..., :3] * gain.astype(np.float32), 0, 255)
    ys, xs = np.nonzero(moved[..., 3] >= ALPHA)
    if not len(ys):
        return moved
    return moved[max(0, ys.min() - 2) : ys.max() + 3, max(0, xs.min() - 2) : xs.max() + 3]
