"""Soft darkening where things touch and in hollows, from depth: what area lights do in a room."""

from __future__ import annotations

import cv2
import numpy as np

_SCALE = 2
_RADII_M = (0.012, 0.035)
_DIRECTIONS = 4


def darken(rgb: np.ndarray, depth: np.ndarray, focal: float, strength: float) -> np.ndarray:
    """Darken by how much of its surroundings stands out before a pixel's surface.

    Two opposite neighbours average to the pixel itself on any plane when their inverse depths
    are taken, so planes stay as they are, however steep.

    Args:
        rgb: uint8 (H, W, 3).
        depth: float32 (H, W), metres.
        focal: Focal length, pixels.
        strength: 0 leaves the image alone, 1 is strong.

    Returns:
        uint8 (H, W, 3).
    """
    height, width = depth.shape
    small = (max(1, width // _SCALE), max(1, height // _SCALE))
    z = np.maximum(cv2.resize(depth, small, interpolation=cv2.INTER_NEAREST), 0.05)
    inverse = 1 / z
    middle = float(np.median(z))
    covered = np.zeros_like(z)
    for radius in _RADII_M:
        pixels = max(1.0, focal / _SCALE * radius / middle)
        for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS:
            dx, dy = round(pixels * np.cos(angle)), round(pixels * np.sin(angle))
            covered += _standing_out(inverse, z, radius, dx, dy)
    covered = cv2.GaussianBlur(covered / (len(_RADII_M) * _DIRECTIONS), (0, 0), 1.5)
    shade = 1 - strength * np.minimum(covered, 0.8)
    shade = cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR)
    return (rgb * shade[..., None]).astype(np.uint8)


def _standing_out(
    inverse: np.ndarray, z: np.ndarray, radius: float, dx: int, dy: int
) -> np.ndarray:
    """Return 0 to 1: how high the two neighbours rise over a pixel, far ones not counted."""
    one, other = _shifted(inverse, dx, dy), _shifted(inverse, -dx, -dy)
    # Metres by which the mean of both lies before the pixel.
    rise = ((one + other) / 2 - inverse) * z * z
    near = np.clip(2 - rise / (2 * radius), 0, 1)
    return np.clip(rise / radius, 0, 1) * near


def _shifted(image: np.ndarray, dx: int, dy: int) -> np.ndarray:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (image.shape[1], image.shape[0])
    return cv2.warpAffine(
        image, matrix, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
