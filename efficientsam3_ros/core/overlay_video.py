"""A video of pictures with their results drawn in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


class OverlayVideo:
    """An MP4 file that begins with its first picture; use it as a context manager.

    Args:
        path: New file; none is made without a picture.
        fps: Pictures a second.
    """

    def __init__(self, path: Path, fps: float) -> None:
        self._path = path
        self._fps = fps
        self._video: cv2.VideoWriter | None = None
        self._size = (0, 0)

    def __enter__(self) -> OverlayVideo:
        return self

    def __exit__(self, *_: object) -> None:
        if self._video is not None:
            self._video.release()

    def add(self, rgb: np.ndarray) -> None:
        """Append a picture uint8 (H, W, 3)."""
        if self._video is None:
            self._size = (rgb.shape[1], rgb.shape[0])
            code = cv2.VideoWriter.fourcc(*'mp4v')
            self._video = cv2.VideoWriter(str(self._path), code, self._fps, self._size)
        if rgb.shape[1::-1] != self._size:
            # A video has one size; frames of a source may differ.
            rgb = np.asarray(cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA))
        self._video.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
