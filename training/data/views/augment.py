"""Augmentation of one simulated frame together with its instance ids."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes; colours keep their names, so the hue is left alone.

    Attributes:
        min_crop: Smallest side of the random crop, as a share of the frame.
        flip: Probability of a mirror image.
        gain: Half range of the brightness factor.
        contrast: Half range of the contrast factor.
        white_balance: Half range of each channel's factor.
        noise: Largest standard deviation of pixel noise, 0..255 scale.
        blur: Probability of a light blur.
        jpeg: Probability of the traces of strong JPEG compression.
    """

    min_crop: float = 0.6
    flip: float = 0.5
    gain: float = 0.3
    contrast: float = 0.25
    white_balance: float = 0.08
    noise: float = 6.0
    blur: float = 0.4
    jpeg: float = 0.0

    def __call__(
        self, rgb: np.ndarray, ids: np.ndarray, height: int, width: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Crop, resize, mirror and recolour.

        Args:
            rgb: uint8 (H, W, 3).
            ids: Integer (H, W), 0 background.
            height: Output rows.
            width: Output columns.
            rng: Source of randomness.

        Returns:
            uint8 (height, width, 3) and int32 (height, width).
        """
        rgb, ids = self._crop(rgb, ids, rng)
        rgb = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
        ids = cv2.resize(ids.astype(np.int32), (width, height), interpolation=cv2.INTER_NEAREST)
        if rng.random() < self.flip:
            rgb, ids = rgb[:, ::-1], ids[:, ::-1]
        return self.photometric(rgb, rng), np.ascontiguousarray(ids)

    def _crop(
        self, rgb: np.ndarray, ids: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        height, width = ids.shape
        side = rng.uniform(self.min_crop, 1.0) if rng.random() < 0.7 else 1.0
        aspect = np.exp(rng.uniform(-0.1, 0.1)) if side < 1 else 1.0
        rows = min(height, round(height * side * aspect))
        cols = min(width, round(width * side / aspect))
        y, x = rng.integers(height - rows + 1), rng.integers(width - cols + 1)
        return rgb[y : y + rows, x : x + cols], ids[y : y + rows, x : x + cols]

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
