"""What the pipeline needs from its surroundings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult


@dataclass(frozen=True)
class Hooks:
    """Functions of whoever owns the pipeline.

    Attributes:
        decode: Image message to uint8 RGB (H, W, 3); raises ``ImageError``.
        publish: Called in the worker thread with the source's header, the frame and its result.
        warn: Called from any thread with a key and a sentence; bounds the rate by key.
        now_ns: The node's clock, nanoseconds.
        failed: Called in the worker thread when an image could not be processed, with the number
            of such images in a row and the error.
        changed: Called in the worker thread after each job, which may have ended tracks.
        paused: Called in the worker thread when no image is processed any more for a while.
    """

    decode: Callable[[Any], np.ndarray]
    publish: Callable[[Any, Frame, FrameResult], None]
    warn: Callable[[str, str], None]
    now_ns: Callable[[], int]
    failed: Callable[[int, Exception], None] = lambda count, error: None
    changed: Callable[[], None] = lambda: None
    paused: Callable[[], None] = lambda: None
