"""Where every frame went: received is processed plus dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class FrameAccountingError(RuntimeError):
    """Frames that were neither processed nor dropped for a known cause."""


@dataclass(frozen=True)
class FrameAccount:
    """What became of the frames of one run.

    Attributes:
        received: Frames that reached the tracker.
        processed: Frames that led to a result.
        dropped: Cause to number.
    """

    received: int
    processed: int
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Frames dropped for any cause."""
        return sum(self.dropped.values())

    @property
    def unaccounted(self) -> int:
        """Frames nobody knows of; negative if some were counted twice."""
        return self.received - self.processed - self.lost

    @property
    def drop_rate(self) -> float:
        """Share of the received frames that was not processed; NaN without a frame."""
        return 1 - self.processed / self.received if self.received else float('nan')

    def __add__(self, other: FrameAccount) -> FrameAccount:
        causes = dict.fromkeys([*self.dropped, *other.dropped])
        return FrameAccount(
            self.received + other.received,
            self.processed + other.processed,
            {c: self.dropped.get(c, 0) + other.dropped.get(c, 0) for c in causes},
        )

    def check(self) -> None:
        """Refuse counts that leave frames unaccounted for.

        Raises:
            FrameAccountingError: If received is not processed plus dropped.
        """
        if self.unaccounted:
            raise FrameAccountingError(
                f'{self.received} frames were received, but {self.processed} processed and '
                f'{self.lost} dropped ({dict(self.dropped)}); the figures of this run cannot be '
                'trusted, run it again.'
            )
