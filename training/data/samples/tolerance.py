"""How many damaged samples are borne."""

from __future__ import annotations

from dataclasses import dataclass
import math

from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.datasets.sequence import SequenceError

DAMAGED = (SequenceError, PictureError, OSError)
"""What reading a damaged sample raises; anything else is a bug, and is not skipped."""


class DamageError(ValueError):
    """More samples are damaged than a set may have; the message names the last one."""


@dataclass(frozen=True)
class Tolerance:
    """Bound of damaged samples: whichever of both is reached first.

    Attributes:
        share: Of the set, rounded up, 0..1.
        count: Number of samples.

    Raises:
        ValueError: If one is out of range.
    """

    share: float = 0.01
    count: int = 1000

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 1 and self.count >= 0):
            raise ValueError(
                f'A share of {self.share} and {self.count} samples bound nothing; the share lies '
                'from 0 to 1, the count is 0 or more.'
            )

    def allowed(self, total: int) -> int:
        """Return how many of a set's samples may be damaged."""
        return min(self.count, math.ceil(self.share * total))

    def check(self, damaged: int, total: int, last: str) -> None:
        """Stop if there are too many.

        Args:
            damaged: Number of damaged samples.
            total: Number of the set's samples.
            last: Why the last one could not be read.

        Raises:
            DamageError: If more are damaged than allowed, or all are.
        """
        if damaged > self.allowed(total) or damaged == total:
            raise DamageError(
                f'{damaged} of {total} samples are damaged, of which {self.allowed(total)} are '
                f'allowed; copy the data set again, or allow more. The last one: {last}'
            )
