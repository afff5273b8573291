"""Colors of PyAV's frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from efficientsam3_ros.media.containers import import_av

_THREADED = 17


def to_rgb(picture: Any) -> np.ndarray:
    """Return a frame's colors, not turned.

    Since version 17, PyAV converts each frame by threads of its own, one a core. To start and end
    them takes many times longer than the conversion of a frame.

    Args:
        picture: PyAV's frame.

    Returns:
        uint8 (H, W, 3).
    """
    version = int(import_av().__version__.partition('.')[0])
    options = {'threads': 1} if version >= _THREADED else {}
    rgb: np.ndarray = picture.to_ndarray(format='rgb24', **options)
    return rgb
