"""A ROS domain of its own for each process of tests on this machine."""

from __future__ import annotations

import fcntl
from functools import cache
from pathlib import Path
import tempfile
from typing import IO

# The range that Linux leaves besides 0 to 101, from which ``make demo`` and users choose.
DOMAINS = range(215, 233)
_held: list[IO[str]] = []


@cache
def claim_domain() -> int:
    """Return a domain that no other process of tests has until this one ends.

    Raises:
        RuntimeError: If all are taken.
    """
    for domain in DOMAINS:
        path = Path(tempfile.gettempdir()) / f'efficientsam3_test_domain_{domain}.lock'
        try:
            file = path.open('a')
        except PermissionError:  # another user's
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        _held.append(file)
        return domain
    raise RuntimeError(
        f'The ROS domains {DOMAINS[0]} to {DOMAINS[-1]} are all in use by tests; end other runs.'
    )
