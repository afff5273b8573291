"""What became of results: ``received = processed + dropped + under way``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from efficientsam3_ros.nodes.objects.faults import Cause


@dataclass
class Tally:
    """Counts of one session, from configure to cleanup.

    Attributes:
        processed: Sets of messages that were made a scene of and published.
        dropped: Sets that were not, by cause.
        refused: Messages that are none, by topic.
        missed: Images that were published and did not arrive, by topic.
        last_fault: What was wrong with the last dropped set.
        build_ms: Mean time to make and publish a scene, of the last ones, milliseconds.
    """

    processed: int = 0
    dropped: Counter[Cause] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    last_fault: str = ''
    build_ms: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def done(self, seconds: float) -> None:
        """Count a published scene that took so long."""
        with self._lock:
            share = 0.1 if self.processed else 1.0
            self.build_ms += share * (1e3 * seconds - self.build_ms)
            self.processed += 1

    def drop(self, cause: Cause, text: str = '', count: int = 1) -> None:
        """Count sets that were dropped."""
        with self._lock:
            self.dropped[cause] += count
            self.last_fault = text or self.last_fault
