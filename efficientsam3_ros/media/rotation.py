"""Upright pictures from a video of a phone that was held on its side."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from efficientsam3_ros.media.containers import import_av

_TURN = 360


def upright(rgb: np.ndarray, picture: Any) -> np.ndarray:
    """Turn a picture by the quarter turns that its container asks for; mirroring is not done.

    Args:
        rgb: uint8 (H, W, 3).
        picture: PyAV's frame.

    Returns:
        uint8 (H, W, 3) or (W, H, 3).
    """
    turns = round(_degrees(picture) / 90)
    return np.ascontiguousarray(np.rot90(rgb, turns)) if turns else rgb


def _degrees(picture: Any) -> float:
    """Return the angle, counterclockwise.

    A frame that is asked for its ``side_data`` refers to itself from then on: it stays in memory,
    with the threads that converted it, until Python collects cycles. A forked process, such as a
    worker of torch, that collects them waits forever for threads that it does not have.
    """
    if not hasattr(picture, 'rotation'):
        return _degrees_of_matrix(picture)
    degrees = float(picture.rotation)
    # A damaged matrix has no angle, and PyAV returns any number.
    return degrees if abs(degrees) <= _TURN else 0.0


def _degrees_of_matrix(picture: Any) -> float:
    """Return the angle with PyAV before 14.1, which tells the matrix alone."""
    # The frame does not know of this one.
    for item in import_av().sidedata.sidedata.SideDataContainer(picture):
        if str(item.type).endswith('DISPLAYMATRIX'):
            a, b = np.frombuffer(bytes(item), np.int32, 2).tolist()
            return -math.degrees(math.atan2(b, a))
    return 0.0
