"""What a set of labelled pictures is to the one who loops over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
import hashlib
from pathlib import Path
from typing import Protocol

import numpy as np

from efficientsam3_ros.core.pictures.decoder import decode_picture
from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.datasets.sequence import SequenceError, content_digest
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.datasets.tar_member import Stored, TarMember
from efficientsam3_ros.media.picture_files import read_picture


class StillFile(Protocol):
    """One labelled picture that is not read yet; holds paths and its annotation, never pixels.

    Attributes:
        name: Unique in its set, fit for a file name.
        nouns: As in ``LabeledFrame``.
        files: What is read, the picture first; without what lies in a tar.
        picture: The picture as it is stored.
    """

    @property
    def name(self) -> str:
        """Unique in its set."""

    @property
    def nouns(self) -> tuple[str, ...]:
        """Concepts that are annotated exhaustively."""

    @property
    def files(self) -> tuple[Path, ...]:
        """What is read, the picture first."""

    @property
    def picture(self) -> Stored:
        """The picture as it is stored."""

    def content(self) -> Iterator[bytes]:
        """Yield the bytes of the annotation that do not lie in ``files``."""

    def read(self) -> LabeledFrame:
        """Read picture and annotation.

        Raises:
            SequenceError: If one is missing or damaged, or they do not belong together; the
                message names the file.
        """


class FrameSet(Protocol):
    """Labelled pictures; may be iterated several times.

    Attributes:
        name: For people.
        source: 'coco', 'lvis', 'rgbd', 'sa1b', 'saco' or 'shards'.
        digest: SHA-256 (hex) of the content. Computed when first asked.
        categories: All concepts of the set, in a fixed order.
        notes: Sentences on what is left out; complete once the set was iterated.
        stills: The pictures, not yet read.
    """

    @property
    def name(self) -> str:
        """For people."""

    @property
    def source(self) -> str:
        """The kind of data set."""

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""

    @property
    def categories(self) -> tuple[str, ...]:
        """All concepts of the set."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what is left out."""

    @property
    def stills(self) -> tuple[StillFile, ...]:
        """The pictures, not yet read."""

    def __len__(self) -> int:
        """Number of pictures, damaged ones included."""

    def __iter__(self) -> Iterator[LabeledFrame]:
        """Yield the pictures that can be read, each decoded when it is asked for.

        Raises:
            SequenceError: If there is none.
        """


class FolderOfStills:
    """A ``FrameSet`` of files; one that cannot be read is left out, noted and counted.

    Args:
        name: For people.
        source: As in ``FrameSet``.
        categories: All concepts of the set.
        stills: The pictures.
        remarks: Sentences known from the start.
    """

    def __init__(
        self,
        name: str,
        source: str,
        categories: tuple[str, ...],
        stills: tuple[StillFile, ...],
        remarks: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.source = source
        self.categories = categories
        self.stills = stills
        self._remarks = remarks
        self._skipped: dict[str, str] = {}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of pictures and annotations; missing files count as empty."""
        total = hashlib.sha256()
        for still in self.stills:
            total.update(bytes.fromhex(content_digest(still.files, still.content())))
        return total.hexdigest()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what is left out."""
        skipped = Counter(self._skipped.values())
        reasons = [why if n == 1 else f'{why} ({n} times)' for why, n in skipped.items()]
        count = f'{len(self._skipped)} of {len(self)} pictures are left out.'
        return (*self._remarks, *([count] if reasons else []), *reasons)

    def __len__(self) -> int:
        return len(self.stills)

    def __iter__(self) -> Iterator[LabeledFrame]:
        good = 0
        for still in self.stills:
            try:
                labeled = still.read()
            except SequenceError as error:
                self._skipped[still.name] = str(error)
                continue
            good += 1
            yield labeled
        if not good:
            first = next(iter(self._skipped.values()), 'It is empty.')
            raise SequenceError(f'Not one picture of {self.name} can be read: {first}')


def read_color(path: Stored) -> np.ndarray:
    """Read the picture of a still, uint8 (H, W, 3), RGB.

    Raises:
        SequenceError: If it is missing, damaged or too large.
    """
    if isinstance(path, Path) and not path.is_file():
        raise SequenceError(f'{path} is missing; copy the data set again.')
    try:
        return _in_tar(path) if isinstance(path, TarMember) else read_picture(path)
    except PictureError as error:
        raise SequenceError(str(error)) from None


def _in_tar(member: TarMember) -> np.ndarray:
    try:
        return decode_picture(member.read_bytes())
    except OSError as error:
        raise PictureError(f'{member} cannot be read: {error.strerror or error}.') from None
    except PictureError as error:
        raise PictureError(f'{member} cannot be decoded: {error}.') from None
