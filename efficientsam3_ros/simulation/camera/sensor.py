"""Noise of a structured-light RGB-D camera: disparity steps, lost edges, limited range."""

from __future__ import annotations

import cv2
import numpy as np

BASELINE_M = 0.075
NEAREST_M = 0.3
FARTHEST_M = 3.5
_DISPARITY_NOISE_PX = 0.06
_STEPS_PER_PX = 8
_EDGE_M = 0.05
_EDGE_LOSS = 0.7


def noisy_depth(depth: np.ndarray, focal: float, rng: np.random.Generator) -> np.ndarray:
    """Apply disparity noise and quantisation, loss at edges, and the range limits.

    Args:
        depth: float32 (H, W), metres.
        focal: Focal length, pixels.
        rng: Source of randomness.

    Returns:
        float32 (H, W), metres, 0 = no reading.
    """
    scale = focal * BASELINE_M
    disparity = scale / np.maximum(depth, 0.05) + rng.normal(0, _DISPARITY_NOISE_PX, depth.shape)
    disparity = np.round(_STEPS_PER_PX * disparity) / _STEPS_PER_PX
    result = scale / np.maximum(disparity, 0.01)
    edges = (np.abs(cv2.Laplacian(depth, cv2.CV_32F)) > _EDGE_M).astype(np.uint8)
    edges = cv2.dilate(edges, np.ones((3, 3), np.uint8)).astype(bool)
    result[edges & (rng.random(depth.shape) < _EDGE_LOSS)] = 0
    result[(depth > FARTHEST_M) | (depth < NEAREST_M)] = 0
    return result.astype(np.float32)


def noisy_rgb(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur slightly, change the exposure and add noise; uint8 (H, W, 3) in and out."""
    image = cv2.GaussianBlur(rgb, (3, 3), 0.6).astype(np.float32) * rng.uniform(0.9, 1.1)
    return np.clip(image + rng.normal(0, 3, rgb.shape), 0, 255).astype(np.uint8)
