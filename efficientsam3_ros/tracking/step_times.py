"""Where a frame's time goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from time import perf_counter


@dataclass(frozen=True)
class StepTimes:
    """Wall time of one step's parts, milliseconds; 0 for what did not run."""

    preprocess: float = 0.0
    image_encoder: float = 0.0
    propagation: float = 0.0
    detector: float = 0.0
    postprocess: float = 0.0
    tracking: float = 0.0
    memorise: float = 0.0
    report: float = 0.0

    @property
    def total(self) -> float:
        """Sum of the parts, milliseconds."""
        return sum(vars(self).values())

    @classmethod
    def mean(cls, steps: Collection[StepTimes]) -> StepTimes:
        """Return the mean of each part, so that the parts add up to the mean step; 0 of none."""
        count = max(1, len(steps))
        names = [item.name for item in fields(cls)]
        return cls(**{name: sum(getattr(s, name) for s in steps) / count for name in names})


class StepTimer:
    """Splits one step into its parts; begins when it is made."""

    def __init__(self) -> None:
        self.times = StepTimes()
        self._last = perf_counter()

    def lap(self, part: str) -> None:
        """Add the time since the last lap to a part, named as in ``StepTimes``."""
        now = perf_counter()
        passed, self._last = 1e3 * (now - self._last), now
        self.times = replace(self.times, **{part: getattr(self.times, part) + passed})

    def skip(self) -> None:
        """Leave the time since the last lap to no part."""
        self._last = perf_counter()
