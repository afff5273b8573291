"""What became of the messages of each topic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum


class Unpaired(Enum):
    """Why a message belongs to no set. What leads lacks a partner: ``no <its name>``."""

    NO_STAMP = 'no stamp'
    SAME_STAMP = 'same stamp again'
    OUT_OF_ORDER = 'out of order'
    PASSED_OVER = 'not asked for'
    QUEUE_FULL = 'queue full'
    TIME_JUMP = 'time jumped back'
    CLEARED = 'inactive'
    UNMATCHED = 'unmatched'


@dataclass
class InputCounts:
    """Messages of one topic: ``received = used + all dropped + waiting``.

    Attributes:
        received: That came.
        used: That became part of a set.
        dropped: By cause.
        waiting: That are kept.
    """

    received: int = 0
    used: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
