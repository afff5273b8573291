"""Names in the order in which people count: ``frame_2`` before ``frame_10``."""

from __future__ import annotations

from pathlib import Path
import re


def natural_key(path: Path) -> tuple[object, ...]:
    """Return what sorts paths by their names as ``ls -v`` does, numbers by their value."""
    parts = re.split(r'(\d+)', path.name)
    return tuple(int(p) if index % 2 else p for index, p in enumerate(parts)), path.name
