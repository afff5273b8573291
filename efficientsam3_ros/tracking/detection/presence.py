"""How much the presence of a concept counts in the scores of its detections."""

from __future__ import annotations

import numpy as np


def gated(scores: np.ndarray, presence: np.ndarray, gate: float) -> np.ndarray:
    """Return score = match * min(1, presence / gate).

    The order of a concept's queries stays: presence is one number for all of them.

    Args:
        scores: float32 (K, Q) match scores of K concepts, 0..1.
        presence: float32 (K,) probability that the concept is in the image.
        gate: Presence from which scores are left alone, 0..1; below it they shrink in proportion.
            1 multiplies by presence, as SAM 3 does; 0 leaves presence out.

    Returns:
        float32 (K, Q), 0..1.

    Raises:
        ValueError: If the gate is not in its range, as NaN is (``TrackerConfig.resolved`` replaces
            it by the model's).
    """
    if not 0 <= gate <= 1:
        raise ValueError(f'The presence gate lies in 0..1, got {gate}.')
    if gate == 0:
        return scores
    return scores * np.minimum(presence / np.float32(gate), np.float32(1))[:, None]
