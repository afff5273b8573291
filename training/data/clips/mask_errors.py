"""Masks as a detector gets them wrong."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class MaskErrors:
    """How a true mask is spoilt before it is shown to the memory.

    Attributes:
        probability: Share of masks that are spoilt.
        widen: Largest radius by which a mask grows or shrinks, pixels.
        cut: Largest share that is cut off.
    """

    probability: float = 0.5
    widen: int = 3
    cut: float = 0.35

    def __call__(self, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return bool (H, W); a mask that would vanish is returned as it was."""
        draws = rng.random(4)
        size, quantile = int(rng.integers(1, max(1, self.widen) + 1)), rng.uniform(0, self.cut)
        if draws[0] >= self.probability or not mask.any():
            return mask
        spoilt = mask.astype(np.uint8)
        if draws[1] < 0.7:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1))
            change = cv2.dilate if draws[2] < 0.6 else cv2.erode
            spoilt = np.asarray(change(spoilt, kernel), np.uint8)
        if draws[1] > 0.5:
            spoilt = _cut(spoilt, 2 * np.pi * draws[3], quantile)
        return spoilt.astype(bool) if spoilt.any() else mask


def _cut(mask: np.ndarray, angle: float, share: float) -> np.ndarray:
    """Cut off a share of a mask along a straight line."""
    ys, xs = np.nonzero(mask)
    if not len(xs):
        return mask
    along = xs * np.cos(angle) + ys * np.sin(angle)
    gone = along < np.quantile(along, share)
    mask = mask.copy()
    mask[ys[gone], xs[gone]] = 0
    return mask
