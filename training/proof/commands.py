"""Runs the commands of a proof: each in a process of its own that ends at its time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Protocol

from training.pipeline.running import run_module

OVER_BUDGET = 124
"""Exit code of a command that was ended at its time."""
NO_LIMIT = 7 * 86_400.0
"""Seconds; a week."""
_PATIENCE_S = 60.0


class Runner(Protocol):
    """Runs a module's command line."""

    def __call__(self, module: str, words: list[str], seconds: float) -> int:
        """Run it for so many seconds at most; return its exit code."""
        ...

    def stop(self) -> None:
        """End what is running."""
        ...


class InThisProcess:
    """Runs commands here, without a limit: for tests."""

    def __call__(self, module: str, words: list[str], seconds: float) -> int:
        """Run it."""
        return run_module(module, words)

    def stop(self) -> None:
        """Do nothing: what is here ends with this process."""


class InOwnProcesses:
    """Runs every command in a process of its own, several at once if called by threads."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def __call__(self, module: str, words: list[str], seconds: float) -> int:
        """Run it, and end it at its time."""
        env = {**os.environ, 'PYTHONUNBUFFERED': '1'}
        process = subprocess.Popen([sys.executable, '-m', module, *words], env=env)
        self._running.append(process)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return OVER_BUDGET
        finally:
            _end(process)
            self._running.remove(process)

    def stop(self) -> None:
        """End what is running."""
        for process in list(self._running):
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process; one that does not hear is killed."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
