"""Ctrl-C is how a recording from a camera ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import signal
import threading
from types import FrameType

from efficientsam3_ros.media.camera import Camera
from efficientsam3_ros.media.frame_source import FrameSource


@contextmanager
def ended_by_interrupt(source: FrameSource) -> Iterator[None]:
    """Let the first Ctrl-C end a camera; everything is then written as at the end of a file.

    A second one interrupts as always, as does the first one of what is no camera.
    """
    if not isinstance(source, Camera) or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        source.end()

    signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
