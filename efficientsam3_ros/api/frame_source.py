"""What a source of pictures is to the one who loops over it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager

from efficientsam3_ros.core import Frame


class SourceError(ValueError):
    """Pictures that cannot be opened or read; the message names the cause and the remedy."""


class FrameSource(AbstractContextManager['FrameSource']):
    """Frames in order, each read when it is asked for; may be used as a context manager.

    Attributes:
        fps: Frames a second; what the caller said where the source does not know.
        count: Expected number of frames, 0 if unknown.
        notes: Sentences on what could not be read, complete when iteration has ended.
    """

    def __init__(self, fps: float) -> None:
        self.fps = fps
        self.count = 0
        self.notes: list[str] = []

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames, RGB.

        Raises:
            SourceError: If nothing can be read.
        """

    def close(self) -> None:
        """Release what is open."""

    def __exit__(self, *_: object) -> None:
        self.close()
