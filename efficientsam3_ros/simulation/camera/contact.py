"""Soft darkening where things touch and in hollows, from depth: what area lights do in a room."""

from __future__ import annotations

import cv2
import numpy as np

_SCALE = 2
_RADII_M = (0.012, 0.035)
_DIRECTIONS = 4


def darkening(depth: np.ndarray, focal: float, strength: float) -> np.ndarray:
    """Return factors of brightness by how much around a pixel stands out before its surface.

    Two opposite neighbours average to the pixel itself on any plane when their inverse depths
    are taken, so planes stay as they are, however steep.

    Args:
        depth: float32 (H, W), metres.
        focal: Focal length, pixels.
        strength: 0 leaves the image alone, 1 is strong.

    Returns:
        float32 (H, W).
    """
    height, width = depth.shape
    small = (max(1, width // _SCALE), max(1, height // _SCALE))
    z = np.maximum(cv2.resize(depth, small, interpolation=cv2.INTER_NEAREST), 0.05)
    inverse, squared = 1 / z, z**2
    middle = float(np.median(z))
    covered = np.zeros_like(z)
    for radius in _RADII_M:
        pixels = max(1.0, focal / _SCALE * radius / middle)
        for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS:
            dx, dy = round(pixels * np.cos(angle)), round(pixels * np.sin(angle))
            _add_standing_out(covered, inverse, squared, radius, dx, dy)
    covered = cv2.GaussianBlur(covered / (len(_RADII_M) * _DIRECTIONS), (0, 0), 1.5)
    shade = 1 - strength * np.minimum(covered, 0.8)
    return cv2.resize(shade, (width, height), interpolation=cv2.INTER_LINEAR)


def _add_standing_out(
    covered: np.ndarray,
    inverse: np.ndarray,
    squared: np.ndarray,
    radius: float,
    dx: int,
    dy: int,
) -> None:
    """Add 0 to 1: how high the two neighbours rise over a pixel, far ones not counted."""
    height, width = covered.shape
    top, left = abs(dy), abs(dx)
    if 2 * top >= height or 2 * left >= width:
        return
    rows, columns = (top, height - top), (left, width - left)
    one, here, other = (
        inverse[rows[0] + s * dy : rows[1] + s * dy, columns[0] + s * dx : columns[1] + s * dx]
        for s in (1, 0, -1)
    )
    inside = slice(*rows), slice(*columns)
    # Metres by which the mean of both lies before the pixel.
    rise = ((one + other) / 2 - here) * squared[inside]
    covered[inside] += np.clip(rise / radius, 0, 1) * np.clip(2 - rise / (2 * radius), 0, 1)
