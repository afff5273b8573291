"""The one way from a camera image to network input, shared by training and run time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
import hashlib
import json
from typing import Literal, get_args

import cv2
import numpy as np

LARGEST_SIDE = 16384
"""Rows or columns; beyond them one image would not fit into any robot's memory."""
Resize = Literal['bilinear', 'antialiased']
# Pillow 9.0, which Ubuntu 22.04 has, knows no Image.Resampling.
_PIL_BILINEAR = 2


@dataclass(frozen=True)
class Preprocess:
    """Resize on uint8 (aspect ratio not kept, as SAM 3 does), then (x/255-m)/s.

    Attributes:
        height: Network input rows, pixels.
        width: Network input columns, pixels.
        mean: Per-channel mean of the 0..1 RGB image.
        std: Per-channel standard deviation, positive.
        resize: ``bilinear`` reads the four nearest pixels, or the mean of an area from half the
            size down: quick. ``antialiased`` weighs all pixels that a shrunk one covers, as the
            code does with which SAM 3 and its students were trained.

    Raises:
        ValueError: If a size or a standard deviation is not positive, a number not finite, or the
            way to resize unknown.
    """

    height: int
    width: int
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    resize: Resize = 'bilinear'

    def __post_init__(self) -> None:
        object.__setattr__(self, 'mean', tuple(float(v) for v in self.mean))
        object.__setattr__(self, 'std', tuple(float(v) for v in self.std))
        if not (1 <= self.height <= LARGEST_SIDE and 1 <= self.width <= LARGEST_SIDE):
            raise ValueError(
                f'height and width are 1 to {LARGEST_SIDE} pixels, got {self.height} and '
                f'{self.width}.'
            )
        if len(self.mean) != 3 or len(self.std) != 3 or not min(self.std) > 1e-6:
            raise ValueError('mean and std need three values each, std above 0.')
        if not all(abs(value) < 1e6 for value in (*self.mean, *self.std)):
            raise ValueError(f'mean and std are finite, got {self.mean} and {self.std}.')
        if self.resize not in get_args(Resize):
            raise ValueError(
                f'resize is one of {", ".join(get_args(Resize))}, got {self.resize!r}.'
            )

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        """Prepare one image.

        Args:
            rgb: uint8 (H, W, 3), any size.

        Returns:
            float32 (1, 3, height, width), C-contiguous.

        Raises:
            ValueError: If it has not three channels.
        """
        if rgb.shape[:2] != (self.height, self.width):
            rgb = self._resized(rgb)
        image = np.empty((1, 3, self.height, self.width), np.float32)
        # Looking 256 values up takes a fraction of the time that computing every pixel does.
        for plane, values, channel in zip(image[0], self._values, cv2.split(rgb), strict=True):
            plane[:] = cv2.LUT(channel, values)
        return image

    @cached_property
    def _values(self) -> np.ndarray:
        """Network input of each value of each channel, float32 (3, 256)."""
        scale = np.float32(1 / 255) / np.asarray(self.std, np.float32)
        offset = np.asarray(self.mean, np.float32) / np.asarray(self.std, np.float32)
        return np.ascontiguousarray((np.arange(256, dtype=np.uint8)[:, None] * scale - offset).T)

    def _resized(self, rgb: np.ndarray) -> np.ndarray:
        size = (self.width, self.height)
        if self.resize == 'antialiased':
            # Loaded only where a bundle asks for it.
            from PIL import Image

            return np.asarray(Image.fromarray(rgb).resize(size, _PIL_BILINEAR))
        shrink = rgb.shape[0] >= 2 * self.height and rgb.shape[1] >= 2 * self.width
        # Bilinear sampling aliases below half size; area averaging equals it at exactly half.
        method = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(rgb, size, interpolation=method))

    def digest(self) -> str:
        """Return a hash of the settings, which a bundle stores and a loader compares."""
        settings = asdict(self)
        if self.resize == 'bilinear':
            # Bundles from before there was a choice keep their hash.
            del settings['resize']
        text = json.dumps(settings, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
