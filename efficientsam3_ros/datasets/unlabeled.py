"""Plain pictures and videos, of which nobody wrote down what is on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.sequence import SequenceError, TruthKind, content_digest
from efficientsam3_ros.media.frame_source import FrameSource, SourceError
from efficientsam3_ros.media.open_media import open_media
from efficientsam3_ros.media.picture_source import PictureSource

PICTURES_FPS = 15.0
"""Rate of pictures that lie in a folder, as ``track`` takes it."""
FRAME_ID = 'camera'


@dataclass(eq=False)
class UnlabeledMedia:
    """A picture, a folder of pictures or a video without truth, see ``Sequence``.

    Stamps are one second later than ``track`` gives them, since a stamp of zero means "not
    stamped" to many programs.

    Attributes:
        path: What is read.
        name: Of the file or folder.
        source: 'pictures' or 'video'.
        files: What is read, file by file.
        expected_frames: Number of frames, 0 where a video does not tell it.
    """

    path: Path
    name: str
    source: str
    files: tuple[Path, ...]
    expected_frames: int
    truth_kind: TruthKind = TruthKind.NONE
    concepts: tuple[str, ...] = ()
    _notes: dict[str, None] = field(default_factory=dict, repr=False)
    _count: int | None = field(default=None, repr=False)

    @classmethod
    def open(cls, path: Path) -> UnlabeledMedia:
        """Look at a path.

        Raises:
            SourceError: If it is neither pictures nor a video.
        """
        source = open_media(path, PICTURES_FPS)
        name = path.name if path.is_dir() else path.stem
        if isinstance(source, PictureSource):
            return cls(path, name, 'pictures', source.files, source.count)
        return cls(path, name, 'video', (path,), source.count)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the files."""
        return content_digest(self.files)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was skipped."""
        return tuple(self._notes)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames that can be read.

        Raises:
            SequenceError: If there is none.
        """
        self._count = 0
        try:
            source: FrameSource = open_media(self.path, PICTURES_FPS)
            for frame in source:
                self._count += 1
                yield Frame(frame.rgb, SECOND_NS + frame.stamp_ns, FRAME_ID)
        except SourceError as error:
            raise SequenceError(str(error)) from error
        self._notes.update(dict.fromkeys(source.notes))

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield None for each frame."""
        count = self._count if self._count is not None else sum(1 for _ in self.frames())
        yield from (None for _ in range(count))
