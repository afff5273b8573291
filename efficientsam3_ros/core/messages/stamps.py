"""Time stamps of messages as whole nanoseconds."""

from __future__ import annotations

from typing import Any

SECOND_NS = 1_000_000_000


def to_nanoseconds(stamp: Any) -> int:
    """Return a ``builtin_interfaces/Time`` as nanoseconds."""
    return int(stamp.sec) * SECOND_NS + int(stamp.nanosec)
