"""What a source of pictures is to the one who loops over it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager

from efficientsam3_ros.core import Frame

MOST_NOTES = 20
"""Notes that are kept; the others are counted, for a folder may hold thousands of pictures."""


class SourceError(ValueError):
    """Pictures that cannot be opened or read; the message names the cause and the remedy."""


class FrameSource(AbstractContextManager['FrameSource']):
    """Frames in order, each read when it is asked for; may be used as a context manager.

    Attributes:
        fps: Frames a second; what the caller said where the source does not know. Known at the
            latest when the first frame is given out.
        count: Expected number of frames, 0 if unknown.
        notes: Sentences on what could not be read, complete when iteration has ended.
    """

    def __init__(self, fps: float) -> None:
        self.fps = fps
        self.count = 0
        self.notes: list[str] = []
        self._more_notes = 0

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames, RGB.

        Raises:
            SourceError: If nothing can be read.
        """

    def note(self, text: str) -> None:
        """Add a sentence, or count it where there are too many already."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(text)
            return
        self._more_notes += 1
        self.notes[MOST_NOTES:] = [f'{self._more_notes} more notes are left out.']

    def forget_notes(self) -> None:
        """Begin anew."""
        self.notes.clear()
        self._more_notes = 0

    def close(self) -> None:
        """Release what is open."""

    def __exit__(self, *_: object) -> None:
        self.close()
