"""The color of a real thing, where it is beyond doubt."""

from __future__ import annotations

import cv2
import numpy as np

SURE_SHARE = 0.75
"""Of a thing's pixels, so many must have the color."""
_FEWEST = 200
_MOST = 2000
_HUES = {'red': (-7, 6), 'yellow': (22, 31), 'green': (42, 82), 'blue': (98, 124)}
"""Ranges in OpenCV's half degrees, with gaps where people disagree. Orange is left out, which wood
and cardboard would be, and white and silver, which nobody can tell apart by one pixel."""
_RICH, _BRIGHT, _BLACK = 115, 70, 55
"""Least saturation and value of a color, most value of black, 0..255."""
_DARK = 85.0


def color_name(rgb: np.ndarray, light: float = 128.0) -> str | None:
    """Return the one color of some pixels; None if it is not clear.

    Args:
        rgb: uint8 (N, 3), the pixels of one thing.
        light: Mean value of the picture, 0..255; in the dark everything is black.
    """
    if len(rgb) < _FEWEST:
        return None
    some = np.ascontiguousarray(rgb[:: max(1, len(rgb) // _MOST)])[None]
    hue, saturation, value = cv2.cvtColor(some, cv2.COLOR_RGB2HSV)[0].astype(int).T
    hue = np.where(hue > 165, hue - 180, hue)
    rich = (saturation >= _RICH) & (value >= _BRIGHT)
    shares = {
        name: float((rich & (hue >= low) & (hue <= high)).mean())
        for name, (low, high) in _HUES.items()
    }
    if light >= _DARK:
        shares['black'] = float((value <= _BLACK).mean())
    name = max(shares, key=lambda name: shares[name])
    return name if shares[name] >= SURE_SHARE else None
