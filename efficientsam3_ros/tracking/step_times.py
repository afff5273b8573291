"""Where a frame's time goes."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class StepTimes:
    """Wall time of one step's parts, milliseconds; 0 for what did not run."""

    preprocess: float = 0.0
    image_encoder: float = 0.0
    detector: float = 0.0
    postprocess: float = 0.0
    tracking: float = 0.0
    report: float = 0.0

    @property
    def total(self) -> float:
        """Sum of the parts, milliseconds."""
        return sum(vars(self).values())


class Stopwatch:
    """Measures laps."""

    def __init__(self) -> None:
        self._last = perf_counter()

    def lap(self) -> float:
        """Return the milliseconds since the last lap or the start."""
        now = perf_counter()
        passed, self._last = 1e3 * (now - self._last), now
        return passed
