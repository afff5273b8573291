"""Annotated pieces of videos that are not read yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.datasets.annotated import AnnotatedPictures
from efficientsam3_ros.datasets.masks import DAMAGE
from efficientsam3_ros.datasets.open import open_sequences
from efficientsam3_ros.datasets.pictures import VideoFile
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import StillFile
from training.data.samples.skipping import UnfitError

Picture = tuple[np.ndarray, tuple[Instance, ...]]
"""A frame uint8 (H, W, 3), and who is in it."""
Clip = tuple[tuple[Picture, ...], int]
"""Frames in their order, and the pictures of the video from one to the next."""


@dataclass(frozen=True)
class VideoPiece:
    """Some annotated frames of a video.

    Attributes:
        video: The video.
        places: Of the frames in it, ascending.
    """

    video: AnnotatedPictures
    places: tuple[int, ...]

    @property
    def name(self) -> str:
        """Unique in its set."""
        return f'{self.video.name}-{self.places[0]}'

    def read(self) -> Clip:
        """Read the frames.

        Raises:
            SequenceError: If one is missing, damaged or not annotated.
        """
        found = []
        for picture in self.video.pictures.read(frozenset(self.places)):
            truth = None
            if picture.rgb is not None:
                truth = self._truth(picture.number, picture.rgb)
            if picture.rgb is None or truth is None:
                what = picture.problem or 'not annotated'
                raise SequenceError(f'Picture {picture.number} of {self.video.name} is {what}.')
            found.append((picture.rgb, truth))
        return tuple(found), self.places[1] - self.places[0]

    def _truth(self, number: int, rgb: np.ndarray) -> tuple[Instance, ...] | None:
        try:
            return self.video.masks.at(number, (int(rgb.shape[0]), int(rgb.shape[1])))
        except DAMAGE as error:
            reason = one_line(error)
            raise SequenceError(f'Picture {number} of {self.video.name}: {reason}') from None


@dataclass(frozen=True)
class WholeVideo:
    """A video whose length only its annotations tell; each draw takes another piece of it.

    Attributes:
        video: The video.
        frames: Of a piece.
    """

    video: AnnotatedPictures
    frames: int

    @property
    def name(self) -> str:
        """Unique in its set."""
        return self.video.name

    def read_part(self, rng: np.random.Generator) -> Clip:
        """Read a piece that begins at any annotation, all alike.

        Args:
            rng: Draws where.

        Raises:
            SequenceError: If annotations or pictures are missing or damaged.
            UnfitError: If the video is shorter than a piece.
        """
        every = self.video.annotated_every
        # Not ``expected_frames``, which does not tell why there are none.
        annotated = -(-len(self.video.pictures.numbers) // every)
        starts = annotated - self.frames + 1
        if starts < 1:
            raise UnfitError(f'{self.name} has {annotated} annotated pictures of {self.frames}.')
        first = int(rng.integers(starts)) * every
        return VideoPiece(self.video, _places(first, self.frames, every)).read()


@dataclass(frozen=True)
class StillPiece:
    """A picture, as a clip of one frame.

    Attributes:
        still: The picture.
    """

    still: StillFile

    @property
    def name(self) -> str:
        """Unique in its set."""
        return self.still.name

    def read(self) -> Clip:
        """Read it.

        Raises:
            SequenceError: If it is missing or damaged.
            UnfitError: If it has no mask.
        """
        labeled = self.still.read()
        if not labeled.truth.instances:
            raise UnfitError(f'{self.name} has no mask that may be asked for.')
        return ((labeled.frame.rgb, labeled.truth.instances),), 1


VideoPart = VideoPiece | WholeVideo
Piece = VideoPart | StillPiece


def open_pieces(paths: Sequence[Path], frames: int) -> list[VideoPart]:
    """Return the videos of some sets in pieces that follow each other.

    Videos of which only the annotations tell the length (SA-V train) are taken whole: of fifty
    thousand files none is opened before its video is drawn.

    Args:
        paths: Of the sets.
        frames: Of a piece.

    Raises:
        SequenceError: If no video has so many annotated pictures.
    """
    pieces = [
        piece
        for path in paths
        for video in open_sequences(path)
        if isinstance(video, AnnotatedPictures)
        for piece in _pieces(video, frames)
    ]
    if not pieces:
        raise SequenceError(
            f'{", ".join(map(str, paths))}: no video with {frames} annotated pictures; give SA-V, '
            'DAVIS, MOSE, YouTube-VOS or LVOS, or shorter stages.'
        )
    return pieces


def _pieces(video: AnnotatedPictures, frames: int) -> list[VideoPart]:
    if isinstance(video.pictures, VideoFile):
        return [WholeVideo(video, frames)]
    every = video.annotated_every
    starts = range(0, video.expected_frames - (frames - 1) * every, frames * every)
    return [VideoPiece(video, _places(first, frames, every)) for first in starts]


def _places(first: int, frames: int, every: int) -> tuple[int, ...]:
    return tuple(range(first, first + frames * every, every))
