"""Judging the stamps of incoming images."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from efficientsam3_ros.core.messages.stamps import SECOND_NS


class Verdict(Enum):
    """What to do with an image, given its stamp."""

    GOOD = 'good'
    ZERO = 'zero stamp'
    STALE = 'stale'
    OUT_OF_ORDER = 'out of order'
    RESTARTED = 'time jumped back'


@dataclass
class StampCheck:
    """Remembers the newest stamp and judges the next one.

    A stamp a little in the past is an image that overtook another on its way: it is dropped. A
    stamp far in the past means that time started anew (a looped bag, a restarted simulation):
    the image is good, but tracks of the old time are not.

    Attributes:
        max_age_ns: Images older than this are stale; 0 takes any.
        jump_ns: A step back larger than this is a restart, nanoseconds.
    """

    max_age_ns: int = 0
    jump_ns: int = SECOND_NS
    _last_ns: int = 0

    def judge(self, stamp_ns: int, now_ns: int) -> Verdict:
        """Judge one image; a good one becomes the newest.

        Args:
            stamp_ns: Stamp of the image; 0 if the driver does not stamp.
            now_ns: The node's clock; 0 while simulated time has not begun.
        """
        if stamp_ns == 0:
            return Verdict.ZERO
        back_ns = self._last_ns - stamp_ns
        if 0 < back_ns <= self.jump_ns:
            return Verdict.OUT_OF_ORDER
        if self.max_age_ns and now_ns and now_ns - stamp_ns > self.max_age_ns:
            return Verdict.STALE
        self._last_ns = stamp_ns
        return Verdict.RESTARTED if back_ns > 0 else Verdict.GOOD

    def forget(self) -> None:
        """Take any next stamp as the first."""
        self._last_ns = 0
