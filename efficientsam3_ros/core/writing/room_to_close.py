"""Some of the disk is kept free, so that files can be closed when the rest is full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import os
from pathlib import Path
import shutil
import tempfile

_BYTES = 1 << 20
"""As much as a bag holds back until it is closed."""
_SHARE = 4


@contextmanager
def room_to_close(folder: Path) -> Iterator[None]:
    """Occupy up to 1 MB, a quarter of what is free at most, until the block ends.

    Args:
        folder: On the disk in question.
    """
    size = min(_BYTES, shutil.disk_usage(folder).free // _SHARE)
    with tempfile.TemporaryFile(dir=folder) as file:
        # Where it is not to be had, files are closed as far as they can be.
        with suppress(OSError, AttributeError):
            os.posix_fallocate(file.fileno(), 0, size)
        yield
