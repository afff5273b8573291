"""SIGTERM ends a command as Ctrl-C does: files are closed, what was done is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import signal
import threading
from types import FrameType

INTERRUPTED = 130
TERMINATED = 143


class Terminated(KeyboardInterrupt):
    """The process was asked to end."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise ``Terminated`` where SIGTERM comes in, unless somebody else handles it already."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def ended(error: KeyboardInterrupt) -> tuple[str, int]:
    """Return what a user is told of an interruption, and the exit code of the shell's custom."""
    if isinstance(error, Terminated):
        return 'terminated', TERMINATED
    return 'interrupted', INTERRUPTED


def _end(number: int, frame: FrameType | None) -> None:
    # A second one must not stop what closes the files.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated
