"""How fast frames come, by their stamps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efficientsam3_ros.core.messages.stamps import SECOND_NS


def frame_rate(stamps_ns: Sequence[int] | np.ndarray, default: float = 15.0) -> float:
    """Return the median rate of stamps, frames a second, within what a video takes."""
    steps = np.diff(np.asarray(stamps_ns, np.int64))
    middle = float(np.median(steps)) if len(steps) else 0.0
    return min(max(SECOND_NS / middle, 1.0), 120.0) if middle > 0 else default
