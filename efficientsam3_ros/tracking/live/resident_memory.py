"""How much memory this process takes."""

from __future__ import annotations

from pathlib import Path
import resource
import sys


def resident_bytes() -> int:
    """Return the resident memory of this process in bytes (its peak where /proc is absent)."""
    statm = Path('/proc/self/statm')
    if statm.is_file():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == 'darwin' else peak * 1024
