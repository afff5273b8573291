"""What a source of pictures is to the one who loops over it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import TypeVar

from efficientsam3_ros.core import Frame

SourceT = TypeVar('SourceT', bound='FrameSource')


class SourceError(ValueError):
    """Pictures that cannot be opened or read; the message names the cause and the remedy."""


class FrameSource(ABC):
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

    def close(self) -> None:  # noqa: B027 (files are open during iteration only)
        """Release what is open."""

    def __enter__(self: SourceT) -> SourceT:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
