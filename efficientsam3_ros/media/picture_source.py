"""Pictures as frames that come at a rate which the caller names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from efficientsam3_ros.core import Frame
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.picture_files import (
    SUFFIXES,
    PictureFolder,
    pictures_of,
    read_picture,
)


class PictureSource(FrameSource):
    """One picture, or those of a folder in natural order; can be iterated several times.

    Args:
        path: A picture, or a folder.
        fps: Frames a second, which makes the stamps.

    Attributes:
        files: The pictures.

    Raises:
        SourceError: If a folder holds none; when iterated, if none can be read.
    """

    def __init__(self, path: Path, fps: float) -> None:
        super().__init__(fps)
        self._path = path
        try:
            listed = pictures_of(path) if path.is_dir() else PictureFolder((path,))
        except OSError as error:
            raise SourceError(f'{path} cannot be read: {error.strerror or error}.') from None
        self.files, self._passed = listed.files, listed.notes
        self.count = len(self.files)
        self._frame_id = path.name if self.count > 1 else ''
        if not self.files:
            reasons = ''.join(f' {note}' for note in listed.notes)
            raise SourceError(
                f'{path} holds no readable picture ({", ".join(SUFFIXES)}); give a folder of '
                f'pictures, a video or a bag.{reasons}'
            )

    def __iter__(self) -> Iterator[Frame]:
        self.forget_notes()
        for note in self._passed:
            self.note(note)
        return self._read()

    def _read(self) -> Iterator[Frame]:
        good, first_problem = 0, ''
        for index, path in enumerate(self.files):
            try:
                frame = self._frame(path, round(index * SECOND_NS / self.fps))
            except PictureError as error:
                first_problem = first_problem or str(error)
                self.note(f'{error} It is skipped.')
                continue
            good += 1
            yield frame
        if not good:
            raise SourceError(f'{self._path} holds no readable picture: {first_problem}')

    def _frame(self, path: Path, stamp_ns: int) -> Frame:
        """Read one picture; what raises ``PictureError`` is skipped."""
        return Frame(read_picture(path), stamp_ns, self._frame_id)
