"""Other work on the machine: processes that do nothing, as fast as they can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import subprocess
import sys

# They end with us, however we end.
_LOOP = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def busy_processes(count: int) -> Iterator[tuple[int, ...]]:
    """Keep processes of one thread busy for the length of a block.

    Args:
        count: How many.

    Yields:
        Their process ids.
    """
    processes = [subprocess.Popen([sys.executable, '-c', _LOOP]) for _ in range(count)]
    try:
        yield tuple(process.pid for process in processes)
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
