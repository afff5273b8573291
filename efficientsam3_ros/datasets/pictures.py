"""Colour pictures of a sequence: files in a folder, or a video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np

from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.media.frame_source import SourceError
from efficientsam3_ros.media.picture_files import SUFFIXES, pictures_of, read_picture
from efficientsam3_ros.media.video_source import VideoSource

_FPS = 24.0  # of a video that tells none; stamps come from the data set


@dataclass(frozen=True)
class Picture:
    """One picture, or why there is none.

    Attributes:
        number: Its number in the data set, from its name where it has one.
        rgb: uint8 (H, W, 3), None if it cannot be read.
        problem: Why it cannot be read.
    """

    number: int
    rgb: np.ndarray | None
    problem: str = ''


@dataclass(frozen=True)
class PictureFiles:
    """One file a picture.

    Attributes:
        files: In order; missing ones are reported when they are read.
        numbers: One for each file.
    """

    files: tuple[Path, ...]
    numbers: tuple[int, ...]

    @classmethod
    def of_folder(cls, folder: Path) -> PictureFiles:
        """Take the pictures of a folder; their names are their numbers.

        Raises:
            SequenceError: If a name is no number, or there is none.
        """
        found = numbered(pictures_of(folder).files)
        if not found:
            raise SequenceError(f'{folder} holds no picture ({", ".join(SUFFIXES)}).')
        return cls(tuple(found.values()), tuple(found))

    def read(self, places: frozenset[int] | None = None) -> Iterator[Picture]:
        """Yield the pictures.

        Args:
            places: Of those that are wanted, from 0; None for all.
        """
        for place, (number, path) in enumerate(zip(self.numbers, self.files)):
            if places is not None and place not in places:
                continue
            if not path.is_file():
                yield Picture(number, None, 'missing')
                continue
            try:
                yield Picture(number, read_picture(path))
            except PictureError:
                yield Picture(number, None, 'damaged')


class Counted(Protocol):
    """What tells the number of pictures, and may have to read a file for it."""

    @property
    def count(self) -> int:
        """Number of pictures that the data set names.

        Raises:
            SequenceError: If the file cannot be read.
        """


@dataclass(frozen=True)
class VideoFile:
    """A video; pictures are numbered from 0.

    Attributes:
        path: The file.
        masks: Tell its length, once that is asked for.
    """

    path: Path
    masks: Counted

    @property
    def count(self) -> int:
        """Number of pictures that the data set names."""
        return self.masks.count

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pictures' numbers."""
        return tuple(range(self.count))

    @property
    def files(self) -> tuple[Path, ...]:
        """The video."""
        return (self.path,)

    def read(self, places: frozenset[int] | None = None) -> Iterator[Picture]:
        """Yield the pictures; missing ones at the end are reported as such.

        Args:
            places: Of those that are wanted, from 0; None for all. What is before them is decoded,
                what is behind them is not.
        """
        count = self.count
        end = count if places is None else min(count, max(places, default=-1) + 1)
        number = 0
        try:
            for frame in islice(VideoSource(self.path, _FPS), end):
                if places is None or number in places:
                    yield Picture(number, frame.rgb)
                number += 1
        except SourceError:
            pass  # no picture at all, or not one more
        for missing in range(number, end):
            if places is None or missing in places:
                yield Picture(missing, None, 'missing')


Pictures = PictureFiles | VideoFile


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted; none if it is missing."""
    inside = folder.iterdir() if folder.is_dir() else ()
    return sorted(path.name for path in inside if path.is_dir())


def numbered(paths: Iterable[Path]) -> dict[int, Path]:
    """Return files by the number that their name is, ascending.

    Raises:
        SequenceError: If a name is no number, or two are the same.
    """
    found: dict[int, Path] = {}
    for path in sorted(paths):
        if not path.stem.isdecimal():
            raise SequenceError(f'{path} is not named by its frame number, such as 00012.')
        number = int(path.stem)
        if number in found:
            raise SequenceError(f'{path} and {found[number]} are the same frame; remove one.')
        found[number] = path
    return dict(sorted(found.items()))
