"""Counting images that were published but never arrived."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

_PERIODS = 30
_FEWEST_PERIODS = 5
# A step of the stamps above this many median periods is a gap.
_GAP = 1.6


class Source(Enum):
    """From what losses are known, the best first."""

    NUMBERS = 'sequence numbers'
    EVENTS = 'events of the middleware'
    STAMPS = 'gaps of the stamps'


@dataclass
class MissingImages:
    """Tells after each arrival how many images went missing before it.

    The middleware numbers what one publisher sends, so a gap is exact. Its own events tell of
    losses on the way, not of images that a full queue displaced. Both are wanted: the larger
    total counts. Stamps are the last resort, for they also skip when the camera itself pauses.

    Attributes:
        source: The best that the middleware offers.
    """

    source: Source = Source.NUMBERS
    _by_number: int = 0
    _by_event: int = 0
    _by_stamp: int = 0
    _told: int = 0
    _number: int | None = None
    _stamp_ns: int = 0
    _periods_ns: deque[int] = field(default_factory=lambda: deque(maxlen=_PERIODS))

    def restart(self) -> None:
        """Take the next image as the first of its publisher."""
        self._number, self._stamp_ns = None, 0
        self._periods_ns.clear()

    def skips(self, number: int | None) -> bool:
        """Tell whether a number does not follow the last one, as with another publisher."""
        return self._number is not None and number != self._number + 1

    def arrived(self, stamp_ns: int, number: int | None) -> int:
        """Take note of an image; return how many went missing and were not told before.

        Args:
            stamp_ns: Its stamp, nanoseconds; 0 if the driver does not stamp.
            number: The middleware's number of it; None if unknown.
        """
        if number is not None and self._number is not None:
            self._by_number += max(0, number - self._number - 1)
        self._number = number
        self._by_stamp += self._gap(stamp_ns)
        return self._news()

    def reported(self, count: int) -> int:
        """Take note of losses that the middleware reports; return those not told before."""
        self._by_event += count
        return self._news()

    def _gap(self, stamp_ns: int) -> int:
        step, self._stamp_ns = stamp_ns - self._stamp_ns, stamp_ns
        if step <= 0 or step == stamp_ns or stamp_ns == 0:
            return 0
        enough = len(self._periods_ns) >= _FEWEST_PERIODS
        period = median(self._periods_ns) if enough else step
        self._periods_ns.append(step)
        return round(step / period) - 1 if step > _GAP * period else 0

    def _news(self) -> int:
        if self.source is Source.STAMPS:
            total = self._by_stamp
        elif self.source is Source.EVENTS:
            total = self._by_event
        else:
            total = max(self._by_number, self._by_event)
        fresh = max(0, total - self._told)
        self._told += fresh
        return fresh
