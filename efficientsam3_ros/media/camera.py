"""The newest pictures of a live camera."""

from __future__ import annotations

from threading import Condition, Thread
import time
import weakref

import cv2
import numpy as np

from efficientsam3_ros.core import Frame
from efficientsam3_ros.media.frame_source import FrameSource, SourceError

STOP_TIMEOUT_S = 5.0


class Camera(FrameSource):
    """A camera of this machine; pictures that come while the caller is busy are passed over.

    Its own iterator: ``next(camera)`` waits for a picture that was not given out yet. Stamps are
    times of the system clock at which a picture was read.

    Args:
        index: Number of the camera, 0 for the first.
        fps: Rate where the driver does not tell it.

    Raises:
        SourceError: If it cannot be opened; when iterated, if it gives no picture.
    """

    def __init__(self, index: int, fps: float = 15.0) -> None:
        super().__init__(fps)
        self._index = index
        self._given = 0
        self._ended_by_caller = False
        capture = cv2.VideoCapture(index)
        if not capture.isOpened():
            raise SourceError(
                f'Camera {index} cannot be opened; is it connected, free of other programs, and '
                f'may you read it (on Linux /dev/video{index}, group "video")?'
            )
        self.fps = capture.get(cv2.CAP_PROP_FPS) or fps
        self._reader = _Reader(capture)
        # Knows nothing of self, so that a forgotten camera is released, too.
        self._stop = weakref.finalize(self, self._reader.stop)
        self._reader.start()

    def __iter__(self) -> Camera:
        return self

    def __next__(self) -> Frame:
        taken = self._reader.take() if self._stop.alive else None
        if taken is None:
            self._end()
            raise StopIteration
        self._given += 1
        bgr, stamp_ns = taken
        return Frame(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)), stamp_ns)

    def end(self) -> None:
        """Let iteration end without waiting for the device; a signal's handler may call it."""
        self._ended_by_caller = True
        self._reader.end()

    def close(self) -> None:
        """Release the camera; iteration ends."""
        self._stop()

    def _end(self) -> None:
        """Tell why there is no picture any more, unless the camera was closed or ended."""
        if not self._stop.alive:
            return
        self.close()
        if self._ended_by_caller:
            return
        if not self._given:
            raise SourceError(
                f'Camera {self._index} gives no picture; close other programs that use it, or '
                'unplug it and plug it in again.'
            )
        self.notes.append(f'Camera {self._index} ended after {self._given} pictures.')


class _Reader(Thread):
    """Reads on and on, and holds the newest picture until it is taken."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        super().__init__(name='camera', daemon=True)
        self._capture = capture
        self._changed = Condition()
        self._newest: tuple[np.ndarray, int] | None = None
        self._ended = False

    def run(self) -> None:
        # The thread that reads also releases: a capture must not vanish under a read.
        try:
            while not self._ended:
                good, bgr = self._capture.read()
                if not good:
                    break
                with self._changed:
                    self._newest = bgr, time.time_ns()
                    self._changed.notify_all()
        finally:
            self.end()
            self._capture.release()

    def take(self) -> tuple[np.ndarray, int] | None:
        """Wait for a picture, BGR with its stamp; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended)
            taken, self._newest = self._newest, None
        return taken

    def stop(self) -> None:
        """End the thread, which releases the camera."""
        self.end()
        self.join(STOP_TIMEOUT_S)

    def end(self) -> None:
        """Let the thread end after the picture that it waits for."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
