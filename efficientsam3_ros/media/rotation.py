"""Upright pictures from a video of a phone that was held on its side."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def upright(rgb: np.ndarray, picture: Any) -> np.ndarray:
    """Turn a picture by the quarter turns that its container asks for; mirroring is not done.

    Args:
        rgb: uint8 (H, W, 3).
        picture: PyAV's frame; older versions of it know no ``rotation``, but all give the matrix.

    Returns:
        uint8 (H, W, 3) or (W, H, 3).
    """
    for item in picture.side_data:
        if str(item.type).endswith('DISPLAYMATRIX'):
            a, b = np.frombuffer(bytes(item), np.int32, 2).tolist()
            turns = -round(math.atan2(b, a) / (math.pi / 2))
            return np.ascontiguousarray(np.rot90(rgb, turns))
    return rgb
