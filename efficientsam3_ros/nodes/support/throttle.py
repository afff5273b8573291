"""Bounding how often the same thing is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
import time


@dataclass
class Throttle:
    """Lets each key through once in a period.

    Attributes:
        period_s: Seconds between two passes of one key.
        most: Keys that are remembered; of more, the one that passed first is forgotten.
    """

    period_s: float = 5.0
    most: int = 64
    _last: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def due(self, key: str, now_s: float | None = None) -> bool:
        """Tell whether the key may pass at a monotonic time in seconds; if so, remember it."""
        now = time.monotonic() if now_s is None else now_s
        with self._lock:
            if now - self._last.get(key, float('-inf')) < self.period_s:
                return False
            # The newest stands last.
            self._last.pop(key, None)
            self._last[key] = now
            if len(self._last) > self.most:
                del self._last[next(iter(self._last))]
            return True
