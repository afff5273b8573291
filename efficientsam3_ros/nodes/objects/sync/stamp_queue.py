"""The messages of one topic that wait for partners."""

from __future__ import annotations

from typing import Any


class StampQueue:
    """Messages by stamp, nanoseconds.

    Args:
        slop_ns: How far a partner's stamp may be away; 0 for equal stamps only.

    Attributes:
        newest_ns: Latest stamp that came; -1 before the first.
        evicted_ns: Latest stamp that was dropped for want of room; -1 before the first.
    """

    def __init__(self, slop_ns: int) -> None:
        self.slop_ns = slop_ns
        self.newest_ns = self.evicted_ns = -1
        self._messages: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def __contains__(self, stamp_ns: int) -> bool:
        return stamp_ns in self._messages

    def put(self, stamp_ns: int, message: Any) -> None:
        """Keep a message."""
        self._messages[stamp_ns] = message
        self.newest_ns = max(self.newest_ns, stamp_ns)

    def stamps(self) -> list[int]:
        """Return what waits, earliest first."""
        return sorted(self._messages)

    def take(self, stamp_ns: int) -> Any:
        """Return a message and forget it."""
        return self._messages.pop(stamp_ns)

    def before(self, stamp_ns: int) -> list[int]:
        """Return the stamps before one, earliest first."""
        return sorted(stamp for stamp in self._messages if stamp < stamp_ns)

    def partner_of(self, stamp_ns: int) -> int | None:
        """Return the nearest stamp within the slop, once no nearer one can come; else None."""
        if stamp_ns in self._messages:
            return stamp_ns
        if not self.slop_ns or not self._messages or self.newest_ns < stamp_ns:
            return None
        nearest = min(self._messages, key=lambda stamp: (abs(stamp - stamp_ns), stamp))
        return nearest if abs(nearest - stamp_ns) <= self.slop_ns else None

    def has_none_for(self, stamp_ns: int) -> bool:
        """Tell whether nothing fits a stamp, and nothing that comes in order will."""
        return self.newest_ns > stamp_ns + self.slop_ns and self.partner_of(stamp_ns) is None

    def blame(self, stamp_ns: int) -> int:
        """Return how likely it is at fault that a stamp has no partner; the least number counts.

        It passed the stamp by; it is silent; its partner came too early to be kept.
        """
        if self.newest_ns < stamp_ns:
            return 1
        return 0 if stamp_ns > self.evicted_ns else 2

    def empty(self) -> int:
        """Forget everything, the newest stamp as well; return how many messages."""
        count = len(self._messages)
        self._messages.clear()
        self.newest_ns = self.evicted_ns = -1
        return count
