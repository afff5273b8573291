"""Starts a script in two processes as torchrun does."""

from __future__ import annotations

from collections.abc import Sequence
import os
from pathlib import Path
import socket
import subprocess
import sys

from rooms import VARIABLES


def run_ranks(script: Path, arguments: Sequence[Sequence[str]]) -> None:
    """Run a script once a rank with its arguments; fail with what it said if one fails."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    count = str(len(arguments))
    shared = {
        'GROUP_RANK': '0',
        'WORLD_SIZE': count,
        'LOCAL_WORLD_SIZE': count,
        'MASTER_ADDR': '127.0.0.1',
        'MASTER_PORT': str(port),
        'TORCHELASTIC_RUN_ID': 'test',
        'OMP_NUM_THREADS': '1',
    }
    started = [
        subprocess.Popen(
            [sys.executable, str(script), *own],
            env={**os.environ, **VARIABLES, **shared, 'RANK': str(rank), 'LOCAL_RANK': str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank, own in enumerate(arguments)
    ]
    said = [process.communicate(timeout=240)[0] for process in started]
    assert all(process.returncode == 0 for process in started), '\n'.join(said)
