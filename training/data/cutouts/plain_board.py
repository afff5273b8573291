"""The mask of one thing on a plain board, or on white."""

from __future__ import annotations

import cv2
import numpy as np

SMALLEST_SHARE, LARGEST_SHARE = 0.02, 0.6
_DARKER_WEIGHT = 0.25
"""Shadows are darker than the board, but of its color."""
_BORDER = 0.06
_MOST_AT_BORDER = 8
_WHITE = 10.0
_GRABCUT_ROUNDS = 4


def on_board(rgb: np.ndarray) -> np.ndarray | None:
    """Return the mask of the thing on a board of one color, bool (H, W).

    The board's color is a smooth surface through the border; what is far from it starts GrabCut.

    Args:
        rgb: uint8 (H, W, 3).

    Returns:
        None where the thing leaves the picture, or nothing plausible is found.
    """
    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    far = _distance(small)
    sure, perhaps = far > 22, far > 11
    if not SMALLEST_SHARE / 2 < sure.mean() < LARGEST_SHARE or _leaves(sure):
        return None
    marks = np.where(perhaps, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[far > 40] = cv2.GC_FGD
    marks[far < 5] = cv2.GC_BGD
    marks[[0, -1]] = cv2.GC_BGD
    marks[:, [0, -1]] = cv2.GC_BGD
    if not (marks == cv2.GC_FGD).any():
        marks[sure] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(small[..., ::-1])
    cv2.grabCut(bgr, marks, (0, 0, 1, 1), *models, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if _leaves(found):
        return None
    return _plausible(cv2.resize(found.astype(np.uint8), (width, height)) > 0)


def on_white(rgb: np.ndarray) -> np.ndarray | None:
    """Return the mask of the thing on a white ground, bool (H, W); None as in ``on_board``."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    white = np.array([255, 128, 128], np.float32)
    return _plausible(np.linalg.norm(lab - white, axis=2) > _WHITE, 0.95)


def _leaves(mask: np.ndarray) -> bool:
    """Tell whether a noticeable part of a mask reaches the border."""
    edge = np.concatenate([mask[2:4].ravel(), mask[-4:-2].ravel()])
    sides = np.concatenate([mask[:, 2:4].ravel(), mask[:, -4:-2].ravel()])
    return int(edge.sum() + sides.sum()) > _MOST_AT_BORDER


def _distance(rgb: np.ndarray) -> np.ndarray:
    """Return how far each pixel's color is from that of the board, float32 (H, W)."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1).reshape(-1, 6)
    ring = np.ones((height, width), bool)
    edge = max(2, round(_BORDER * min(height, width)))
    ring[edge:-edge, edge:-edge] = False
    chosen, colors = ring.ravel(), lab.reshape(-1, 3)
    for _ in range(3):  # things that reach the border are left out step by step
        fit = np.linalg.lstsq(terms[chosen], colors[chosen], rcond=None)[0]
        rest = np.linalg.norm(colors - terms @ fit, axis=1)
        chosen = ring.ravel() & (rest < max(6.0, 2 * float(np.median(rest[chosen]))))
    offset = colors - terms @ fit
    light = np.where(offset[:, 0] < 0, _DARKER_WEIGHT, 1.0) * offset[:, 0]
    distance = np.sqrt(light**2 + 4 * offset[:, 1] ** 2 + 4 * offset[:, 2] ** 2)
    return cv2.GaussianBlur(distance.reshape(height, width).astype(np.float32), (0, 0), 1.0)


def _plausible(mask: np.ndarray, largest: float = LARGEST_SHARE) -> np.ndarray | None:
    """Return the largest piece without its holes, if it looks like one thing."""
    small = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(small, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    area, hull = cv2.contourArea(outline), cv2.contourArea(cv2.convexHull(outline))
    solid = area > 0.75 * hull
    if not (SMALLEST_SHARE < area / mask.size < largest and solid):
        return None
    if area < 0.8 * float(small.sum()):
        return None
    filled = cv2.drawContours(np.zeros_like(small), [outline], -1, 1, cv2.FILLED)
    return filled.astype(bool)
