"""Samples of the concept fine-tuning: a picture, or some frames of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.messages.stamps import SECOND_NS
from efficientsam3_ros.datasets.annotated import FRAME_ID, AnnotatedPictures
from efficientsam3_ros.datasets.open import open_sequences
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.find import find_stills
from efficientsam3_ros.datasets.stills.frame_set import StillFile, read_color
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.media.picture_files import pictures_of

Frames = tuple[LabeledFrame, ...]
"""One picture, or the frames of a clip in their order, with the same nouns."""


@dataclass(frozen=True)
class PictureItem:
    """A picture that is not read yet."""

    still: StillFile

    @property
    def name(self) -> str:
        """Unique in its set."""
        return self.still.name

    def read(self) -> Frames:
        """Read it."""
        return (self.still.read(),)


@dataclass(frozen=True)
class ClipItem:
    """Some annotated frames of a video that are not read yet.

    Attributes:
        video: The video.
        places: Of the frames in it.
    """

    video: AnnotatedPictures
    places: tuple[int, ...]

    @property
    def name(self) -> str:
        """Unique in its set."""
        return f'{self.video.name}-{self.places[0]}'

    def read(self) -> Frames:
        """Read the frames.

        Raises:
            SequenceError: If one is missing or damaged.
        """
        return tuple(
            self._labeled(picture.number, picture.rgb)
            for picture in self.video.pictures.read(frozenset(self.places))
        )

    def _labeled(self, number: int, rgb: np.ndarray | None) -> LabeledFrame:
        video, name = self.video, f'{self.video.name}-{number}'
        if rgb is None:
            raise SequenceError(f'Picture {number} of {video.name} cannot be read; copy it again.')
        frame = video.frame(number, rgb)
        size = (frame.height, frame.width)
        found = video.masks.at(number, size)
        if found is None:
            raise SequenceError(f'Picture {number} of {video.name} is not annotated.')
        truth = FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, found)
        return LabeledFrame(name, frame, truth, video.concepts)


@dataclass(frozen=True)
class UnlabeledItem:
    """A picture of which nothing is known, and what is asked of it.

    Attributes:
        path: The picture.
        phrases: From which is drawn.
    """

    path: Path
    phrases: tuple[str, ...]

    @property
    def name(self) -> str:
        """Unique in its folder."""
        return self.path.name

    def read(self) -> Frames:
        """Read it."""
        frame = Frame(read_color(self.path), SECOND_NS, FRAME_ID)
        nothing = FrameResult(frame.stamp_ns, frame.frame_id, frame.height, frame.width, 1, ())
        return (LabeledFrame(self.path.stem, frame, nothing, self.phrases),)


def open_unlabeled(folder: Path, phrases: Sequence[str]) -> Sequence[UnlabeledItem]:
    """Return the pictures of a folder, with phrases to draw from.

    Raises:
        SequenceError: If there is none.
    """
    files = pictures_of(folder).files if folder.is_dir() else ()
    if not files:
        raise SequenceError(f'{folder} holds no picture; give another folder as data.unlabeled.')
    asked = tuple(sorted(set(phrases)))
    return [UnlabeledItem(path, asked) for path in files]


def open_pictures(path: Path) -> Sequence[PictureItem]:
    """Return the pictures of a set that ask something.

    Raises:
        SequenceError: If there is no set with phrases.
    """
    found = find_stills(path) if path.exists() else None
    if found is None or found.source == 'sa1b':
        raise SequenceError(
            f'{path} holds no pictures with phrases; give SA-Co Gold or Silver (gold_*.json), '
            'COCO, LVIS, or shards of them.'
        )
    # To know the nouns of a shard's sample is to read it.
    kept = [still for still in found.stills if found.source == 'shards' or still.nouns]
    if not kept:
        raise SequenceError(f'Of the pictures of {path} nothing is asked; give another set.')
    return [PictureItem(still) for still in kept]


def open_clips(path: Path, frames: int) -> Sequence[ClipItem]:
    """Return the videos of a VEval file in pieces that follow each other.

    Args:
        path: The file, or a folder of them.
        frames: Of a piece.

    Raises:
        SequenceError: If no video has phrases and so many pictures.
    """
    items = [
        ClipItem(video, tuple(range(first, first + frames)))
        for video in open_sequences(path)
        if isinstance(video, AnnotatedPictures) and video.concepts
        for first in range(0, video.expected_frames - frames + 1, frames)
    ]
    if not items:
        raise SequenceError(
            f'{path} holds no video with phrases and {frames} pictures; give a VEval file, or '
            'fewer data.frames.'
        )
    return items
