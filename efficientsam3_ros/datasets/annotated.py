"""Pictures with masks as a sequence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.masks import DAMAGE, Masks
from efficientsam3_ros.datasets.pictures import Pictures
from efficientsam3_ros.datasets.sequence import (
    BrokenSequence,
    SequenceError,
    TruthKind,
    content_digest,
)
from efficientsam3_ros.datasets.sequence import Sequence as FrameSequence

FRAME_ID = 'camera'
VideoReader = Callable[[Path, Path], 'AnnotatedPictures']


@dataclass(eq=False)
class AnnotatedPictures:
    """A sequence of a picture data set, see ``Sequence``.

    A picture's stamp is one second plus its number over the frame rate, since a stamp of zero
    means "not stamped" to many programs.

    Attributes:
        name: Of the video.
        source: Of the data set.
        pictures: Colour pictures.
        masks: Their truth.
        fps: Pictures a second by their numbers.
        truth_kind: OBJECTS or CONCEPTS.
        concepts: What the truth asks for.
        remarks: Sentences known from the start.
        annotated_every: Pictures from one annotation to the next.
        categories: Object id to what it is, where the set tells it.
    """

    name: str
    source: str
    pictures: Pictures
    masks: Masks
    fps: float
    truth_kind: TruthKind = TruthKind.OBJECTS
    concepts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    annotated_every: int = 1
    categories: Mapping[int, str] = field(default_factory=dict)
    _lost: dict[int, str] = field(default_factory=dict, repr=False)
    _refused: dict[int, str] = field(default_factory=dict, repr=False)
    _sizes: dict[int, tuple[int, int]] = field(default_factory=dict, repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of pictures and masks."""
        return content_digest(self.pictures.files, self.masks.content())

    @property
    def expected_frames(self) -> int:
        """Number of pictures, damaged ones included; 0 where the file that tells it is damaged."""
        try:
            return len(self.pictures.numbers)
        except SequenceError:
            return 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was skipped so far."""
        total = self.expected_frames
        lost = Counter(self._lost.values())
        reasons = [f'{n} of {total} pictures are {why} and left out.' for why, n in lost.items()]
        refused = Counter(self._refused.values())
        reasons += [f'{n} annotations are not used: {why}' for why, n in refused.items()]
        return (*self.remarks, *self.masks.notes(), *reasons)

    def frames(self) -> Iterator[Frame]:
        """Yield the pictures that can be read.

        Raises:
            SequenceError: If there is none.
        """
        for picture in self.pictures.read():
            if picture.rgb is None:
                self._lost[picture.number] = picture.problem
                continue
            frame = self.frame(picture.number, picture.rgb)
            self._sizes[picture.number] = (frame.height, frame.width)
            yield frame
        if not self._sizes:
            where = next(iter(self.pictures.files), self.name)
            raise SequenceError(
                f'Not one picture of {self.name} can be read (the first is {where}); copy the '
                'data set again.'
            )

    def frame(self, number: int, rgb: np.ndarray) -> Frame:
        """Return a picture with its stamp.

        Args:
            number: Of the picture.
            rgb: uint8 (H, W, 3).
        """
        return Frame(rgb, self._stamp(number), FRAME_ID)

    def truth(self) -> Iterator[FrameResult | None]:
        """Yield the truth of each picture that can be read."""
        if len(self._sizes) + len(self._lost) < self.expected_frames:
            # Only a decoder knows which pictures are damaged.
            for _ in self.frames():
                pass
        for number in self.pictures.numbers:
            if number in self._sizes:
                yield self._truth(number)

    def _truth(self, number: int) -> FrameResult | None:
        size = self._sizes[number]
        try:
            instances = self.masks.at(number, size)
        except ValueError as error:
            self._refused[number] = str(error)
            return None
        except DAMAGE as error:
            self._refused[number] = f'the file is damaged ({error!r}); copy it again.'
            return None
        if instances is None:
            return None
        return FrameResult(self._stamp(number), FRAME_ID, *size, 1, instances)

    def _stamp(self, number: int) -> int:
        return SECOND_NS + round(number * SECOND_NS / self.fps)


def videos_with_masks(
    images: Path, masks: Path, names: Iterable[str], source: str, read: VideoReader
) -> list[FrameSequence]:
    """Return the videos that have a folder of pictures and one of masks.

    Args:
        images: Holds the folders of pictures.
        masks: Holds the folders of masks.
        names: What the folders are called.
        source: Of the data set.
        read: Makes a sequence of both folders.

    Raises:
        SequenceError: If no video is complete.
    """

    def complete(name: str) -> AnnotatedPictures:
        for folder in (images / name, masks / name):
            if not folder.is_dir():
                raise SequenceError(f'{folder} is missing; unpack the data set again.')
        return read(images / name, masks / name)

    found = sound_or_broken(names, source, complete)
    if not found:
        raise SequenceError(f'{images} and {masks} have no video in common; unpack both.')
    return found


def sound_or_broken(
    names: Iterable[str], source: str, read: Callable[[str], AnnotatedPictures]
) -> list[FrameSequence]:
    """Return the videos of a data set; one that cannot be read stands among them with its reason.

    Args:
        names: Of the videos.
        source: Of the data set.
        read: Opens a video by its name.

    Raises:
        SequenceError: If not one can be read; of the first.
    """
    found: list[FrameSequence] = []
    for name in names:
        try:
            found.append(read(name))
        except (SequenceError, OSError) as error:
            found.append(BrokenSequence(name, source, one_line(error)))
        except DAMAGE as error:
            reason = f'Its annotations are damaged ({error!r}); unpack the data set again.'
            found.append(BrokenSequence(name, source, reason))
    if found and all(isinstance(item, BrokenSequence) for item in found):
        raise SequenceError(found[0].notes[0])
    return found
