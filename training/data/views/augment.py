"""Random changes of light and noise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes; colours keep their names, so the hue is left alone.

    Attributes:
        gain: Half range of the brightness factor.
        contrast: Half range of the contrast factor.
        white_balance: Half range of each channel's factor.
        noise: Largest standard deviation of pixel noise, 0..255 scale.
        blur: Probability of a light blur.
        jpeg: Probability of the traces of strong JPEG compression.
    """

    gain: float = 0.3
    contrast: float = 0.25
    white_balance: float = 0.08
    noise: float = 6.0
    blur: float = 0.4
    jpeg: float = 0.0

    def photometric(self, rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Change light, sharpness and noise of an image, uint8 (H, W, 3)."""
        image: np.ndarray = np.ascontiguousarray(rgb).astype(np.float32)
        if rng.random() < self.blur:
            image = cv2.GaussianBlur(image, (3, 3), rng.uniform(0.3, 1.0))
        factor = 1 + rng.uniform(-self.white_balance, self.white_balance, 3)
        factor = (factor * (1 + rng.uniform(-self.gain, self.gain))).astype(np.float32)
        contrast = np.float32(1 + rng.uniform(-self.contrast, self.contrast))
        mean = image.mean((0, 1), keepdims=True)
        image = ((image - mean) * contrast + mean) * factor
        noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(0, self.noise)
        changed = np.clip(image + noise, 0, 255).astype(np.uint8)
        if self.jpeg > 0 and rng.random() < self.jpeg:
            return _compressed(changed, int(rng.integers(35, 90)))
        return changed


def _compressed(rgb: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode('.jpg', rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
