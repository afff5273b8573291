"""Shares of attempts, and how sure they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
import math

from efficientsam3_ros.evaluation.grasps.trial import CAUSES, HELD, NO_MASK, Trial

_Z = 1.959964
"""Of a two-sided interval of 95 %."""


def wilson_interval(good: int, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by the score method.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22 (1927). It takes attempts for independent, which
    those of one scene are not quite.

    Args:
        good: How many succeeded.
        number: Out of how many; (0, 1) of none.
    """
    if not number:
        return 0.0, 1.0
    share, square = good / number, _Z**2
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = _Z / (1 + square / number)
    half *= math.sqrt(share * (1 - share) / number + square / (4 * number**2))
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Tally:
    """Counts of some trials.

    Attributes:
        objects: Tried, with or without a mask.
        held: Grasps that held.
        causes: Why others failed, of ``CAUSES``.
        touched: Attempts in which the hand touched something else before it closed.
    """

    objects: int
    held: int
    causes: dict[str, int]
    touched: int

    @classmethod
    def of(cls, trials: Iterable[Trial]) -> Tally:
        """Count."""
        chosen = list(trials)
        results = Counter(trial.result for trial in chosen)
        causes = {cause: results[cause] for cause in CAUSES}
        touched = sum(bool(trial.touched) for trial in chosen)
        return cls(len(chosen), results[HELD], causes, touched)

    @property
    def with_mask(self) -> int:
        """Objects that had a mask."""
        return self.objects - self.causes[NO_MASK]

    @property
    def share(self) -> float:
        """Share of objects that were held; no mask is a failure. NaN of none."""
        return self.held / self.objects if self.objects else math.nan

    @property
    def share_with_mask(self) -> float:
        """Share of objects with a mask that were held; NaN of none."""
        return self.held / self.with_mask if self.with_mask else math.nan

    def data(self) -> dict[str, object]:
        """Return it as JSON knows it."""
        low, high = wilson_interval(self.held, self.objects)
        inner = wilson_interval(self.held, self.with_mask)
        return {
            'objects': self.objects,
            'held': self.held,
            'share': _number(self.share),
            'interval': [round(low, 4), round(high, 4)],
            'with_mask': self.with_mask,
            'share_with_mask': _number(self.share_with_mask),
            'interval_with_mask': [round(inner[0], 4), round(inner[1], 4)],
            'causes': self.causes,
            'touched_before_closing': self.touched,
        }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
