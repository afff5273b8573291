"""Cuts a window out of a still: the picture smoothly, what belongs to each pixel exactly."""

from __future__ import annotations

import math

import cv2
import numpy as np

from efficientsam3_ros.datasets.stills.camera_path import Window


def warp_picture(rgb: np.ndarray, window: Window, height: int, width: int) -> np.ndarray:
    """Return what a window shows of a picture, without aliasing.

    Args:
        rgb: uint8 (H, W, 3).
        window: Part of it.
        height: Of the result, pixels.
        width: Of the result.

    Returns:
        uint8 (height, width, 3).
    """
    # Cubic interpolation looks at 4 x 4 pixels only: a window that shrinks is drawn larger first,
    # and its pixels are then averaged.
    times = max(1, math.ceil(window.width / width))
    size = (times * width, times * height)
    large = cv2.warpAffine(
        rgb,
        window.matrix(times * height, times * width),
        size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if times > 1:
        large = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(large)


def warp_labels(labels: np.ndarray, window: Window, height: int, width: int) -> np.ndarray:
    """Return what a window shows of an image of numbers, each of the nearest pixel.

    Args:
        labels: uint8 or uint16 (H, W); 0 is taken to surround it.
        window: Part of it.
        height: Of the result, pixels.
        width: Of the result.

    Returns:
        The type of ``labels``, (height, width).
    """
    return np.asarray(
        cv2.warpAffine(
            labels,
            window.matrix(height, width),
            (width, height),
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
    )
