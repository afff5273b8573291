"""The colours of a detection, as a part of what it looks like.

The detector's embedding is learned to tell concepts apart, so it says little of what two mugs
differ in; often that is their colour.
"""

from __future__ import annotations

from dataclasses import replace
import math

import cv2
import numpy as np

from efficientsam3_ros.tracking.cropped_mask import CroppedMask
from efficientsam3_ros.tracking.detection.detector import Detection

CELLS = 32
"""Cells of the histogram along each of its two axes."""
_SPAN = (64, 192)
"""Part of the axes a and b of Lab (8 bits, grey is 128) that is divided; stronger colours
count at its border."""
_BLUR = 0.7
"""Standard deviation in cells by which colours count for their neighbours, too: light varies."""
_RIM = np.ones((3, 3), np.uint8)
_FEW = 20
"""Pixels that have to remain without the rim."""
_FINE = 128
"""Pixels along a side from which every n-th one is enough."""


def colored(detection: Detection, rgb: np.ndarray, weight: float) -> Detection:
    """Join a detection's embedding with its colours.

    The dot product of two such embeddings is (1 - weight) times the similarity of the detector's
    embeddings plus weight times that of the colours, where both have the same weight.

    Args:
        detection: From the image.
        rgb: uint8 (H, W, 3), the source image.
        weight: Of the colours, 0..1.

    Returns:
        The same with an embedding of ``CELLS``² more numbers, still of unit length; so long for
        every weight, as that may change while older embeddings are remembered.
    """
    parts = (
        math.sqrt(1 - weight) * detection.embedding,
        math.sqrt(weight) * chroma(rgb, detection.region),
    )
    return replace(detection, embedding=np.concatenate(parts).astype(np.float32))


def chroma(rgb: np.ndarray, region: CroppedMask) -> np.ndarray:
    """Describe the colours in a mask; brightness alone changes the description little.

    Args:
        rgb: uint8 (H, W, 3), the image of the mask.
        region: Not empty.

    Returns:
        float32 (``CELLS``²,), unit length: the root of a smoothed histogram over the plane
        (a, b) of Lab, so that a dot product is the histograms' Bhattacharyya coefficient.
    """
    x0, y0, x1, y1 = region.box
    step = 1 + max(region.bits.shape) // _FINE
    if not region.bits[::step, ::step].any():
        step = 1
    crop = np.ascontiguousarray(rgb[y0:y1:step, x0:x1:step])
    bits = np.ascontiguousarray(region.bits[::step, ::step]).view(np.uint8)
    # On the rim the background shines through; it is left out if enough remains.
    core = cv2.erode(bits, _RIM, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    inside = core if np.count_nonzero(core) > _FEW else bits
    low, high = _SPAN
    lab = np.clip(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB), low, high - 1)
    counts = cv2.calcHist([lab], [1, 2], inside, [CELLS, CELLS], [low, high] * 2)
    counts = cv2.GaussianBlur(counts, (0, 0), _BLUR, borderType=cv2.BORDER_REFLECT)
    return np.sqrt(counts / counts.sum(), dtype=np.float32).ravel()
