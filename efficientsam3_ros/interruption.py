"""How a command ends: SIGTERM as Ctrl-C does, with files closed, and errors as one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import signal
import sys
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


def exit_code(
    action: Callable[[], int], debug: bool, told: Callable[[Exception], tuple[str, int]]
) -> int:
    """Run a command; return its exit code, or that of what ended it, which is told in one line.

    Args:
        action: The command.
        debug: Let errors pass, so that Python shows where they came from.
        told: Gives one line and exit code of an error.
    """
    try:
        with terminable():
            return action()
    except KeyboardInterrupt as error:
        text, code = ended(error)
    except Exception as error:
        if debug:
            raise
        text, code = told(error)
        text = f'error: {text}'
    print(text, file=sys.stderr)
    return code


def _end(number: int, frame: FrameType | None) -> None:
    # A second one must not stop what closes the files.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated
