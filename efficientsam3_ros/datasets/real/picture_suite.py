"""A suite of single pictures: its questions, and how its folder is laid out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from efficientsam3_ros.datasets.real.asked import ABSENT_EVERY, Asked
from efficientsam3_ros.datasets.real.asked_picture import AskedPicture
from efficientsam3_ros.datasets.sequence import Sequence, SequenceError
from efficientsam3_ros.datasets.stills.frame_set import FrameSet

LAYOUT_PAGE = 'docs/real_data.md'


class RealSuite(Protocol):
    """Real pictures, or films made of them, that lie in a folder of the user's.

    They serve to measure and for nothing else: neither weights nor settings are chosen by them.

    Attributes:
        name: In ``--suite``.
        about: What it is, for people.
    """

    @property
    def name(self) -> str:
        """In ``--suite``."""

    @property
    def about(self) -> str:
        """What it is."""

    def open(self, root: Path) -> list[Sequence]:
        """Return its sequences.

        Args:
            root: The suite's folder, or that of the whole pack.

        Raises:
            SequenceError: If the folder is not laid out as it should be; the message says how.
        """


@dataclass(frozen=True)
class Layout:
    """Where a suite's files are.

    Attributes:
        folder: The suite's folder in a pack.
        holds: Files and folders that stand in it.
        words: The same in words.
        reader: Opens the folder.
    """

    folder: str
    holds: tuple[str, ...]
    words: str
    reader: Callable[[Path], FrameSet]

    def open(self, root: Path, suite: str) -> FrameSet:
        """Return the pictures below a root, see ``RealSuite.open``."""
        for folder in (root, root / self.folder):
            if all((folder / name).exists() for name in self.holds):
                return self.reader(folder)
        raise SequenceError(
            f'{root} is no folder of {suite}: that holds {self.words}, or is a pack with such a '
            f'folder "{self.folder}"; {LAYOUT_PAGE} tells where its pictures come from.'
        )


@dataclass(frozen=True)
class PictureSuite:
    """Single pictures of which each is asked for several concepts, see ``RealSuite``.

    Attributes:
        name: In ``--suite``.
        about: What it is.
        concepts: What is asked by name.
        layout: Where the files are.
        every: Of what a picture lacks, one in so many concepts is asked; 1 asks for all.
        any_object: Word that every instance answers; empty if none is asked.
        corrections: Picture to object id to noun: names of the data set that are wrong.
    """

    name: str
    about: str
    concepts: tuple[Asked, ...]
    layout: Layout
    every: int = ABSENT_EVERY
    any_object: str = ''
    corrections: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def open(self, root: Path) -> list[Sequence]:
        """Return its pictures; each is read when it is asked for."""
        pictures = self.layout.open(root, self.name)
        return [
            AskedPicture(
                still,
                self.concepts,
                self.every,
                self.any_object,
                self.corrections.get(still.name, {}),
            )
            for still in pictures.stills
        ]
