"""What can be wrong with an image message."""

from __future__ import annotations

from enum import Enum


class ImageFault(Enum):
    """Causes that are counted and logged apart; few, so that counters stay bounded."""

    ENCODING = 'unknown encoding'
    DEPTH = 'depth instead of color'
    SIZE = 'data do not fit the size'
    DAMAGED = 'damaged or truncated'
    OTHER = 'other'
