"""A few pictures of a video with their truth: what a training step takes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from efficientsam3_ros.core import Frame, FrameResult
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.datasets.annotated import AnnotatedPictures
from efficientsam3_ros.datasets.masks import DAMAGE
from efficientsam3_ros.datasets.sequence import Sequence, SequenceError, TruthKind


@dataclass(frozen=True)
class LabeledClip:
    """Pictures of one video in their order, and what is on them: the sample of all video sets.

    Attributes:
        name: Unique among the clips of a set, fit for a file name.
        frames: The pictures.
        truth: One each; None for a picture that nobody annotated. An object keeps its id.
        truth_kind: OBJECTS or CONCEPTS.
        concepts: As in ``Sequence``.
        categories: Object id to what it is, where the set tells it.
    """

    name: str
    frames: tuple[Frame, ...] = field(repr=False)
    truth: tuple[FrameResult | None, ...] = field(repr=False)
    truth_kind: TruthKind
    concepts: tuple[str, ...] = ()
    categories: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ClipWindow:
    """A clip that is not read yet.

    Attributes:
        video: Of which it is a part.
        places: Of its pictures in the video, from 0, ascending.
    """

    video: AnnotatedPictures = field(repr=False)
    places: tuple[int, ...]

    @property
    def name(self) -> str:
        """The video's, with the number of the first picture."""
        return f'{self.video.name}-{self.video.pictures.numbers[self.places[0]]:05d}'

    def read(self) -> LabeledClip:
        """Read pictures and masks.

        Raises:
            SequenceError: If one is missing or damaged.
        """
        frames, truth = [], []
        for picture in self.video.pictures.read(frozenset(self.places)):
            if picture.rgb is None:
                raise SequenceError(
                    f'{self.video.name}: picture {picture.number} is {picture.problem}; copy the '
                    'data set again.'
                )
            frame = self.video.frame(picture.number, picture.rgb)
            frames.append(frame)
            truth.append(self._truth(picture.number, frame))
        return LabeledClip(
            name=self.name,
            frames=tuple(frames),
            truth=tuple(truth),
            truth_kind=self.video.truth_kind,
            concepts=self.video.concepts,
            categories=self.video.categories,
        )

    def _truth(self, number: int, frame: Frame) -> FrameResult | None:
        size = frame.height, frame.width
        try:
            instances = self.video.masks.at(number, size)
        except DAMAGE as error:
            raise SequenceError(
                f'{self.video.name}: the masks of picture {number} are damaged '
                f'({one_line(error).rstrip(".")}); copy the data set again.'
            ) from None
        if instances is None:
            return None
        return FrameResult(frame.stamp_ns, frame.frame_id, *size, 1, instances)


def clip_windows(
    videos: Iterable[Sequence], length: int, spacing: int = 1, step: int | None = None
) -> list[ClipWindow]:
    """Cut videos into clips; no picture is read, annotations where they alone tell the length.

    Args:
        videos: Sequences of ``open_sequences``; those without pictures and masks of their own
            (bags, broken ones) and those too short are left out, and so are clips in which a
            picture is missing: a gap would teach that things jump.
        length: Pictures of a clip.
        spacing: From one picture to the next, in annotated pictures: SA-V annotates every fourth.
        step: From one clip to the next, in annotated pictures; None makes them adjoin.

    Raises:
        ValueError: If a number is below 1.
        SequenceError: If no video is long enough.
    """
    step = length * spacing if step is None else step
    if min(length, spacing, step) < 1:
        raise ValueError('A clip has 1 picture or more, and so are spacing and step.')
    found = [
        ClipWindow(video, places)
        for video in videos
        if isinstance(video, AnnotatedPictures)
        for places in _windows(video, length, spacing, step)
    ]
    if not found:
        raise SequenceError(
            f'No video has {length} pictures, {spacing} apart; give other videos, or make the '
            'clips shorter.'
        )
    return found


def _windows(
    video: AnnotatedPictures, length: int, spacing: int, step: int
) -> Iterator[tuple[int, ...]]:
    """Yield the places of clips, those with a gap left out."""
    try:
        numbers = video.pictures.numbers
    except SequenceError:
        return  # broken, which shows only now
    places = [p for p, number in enumerate(numbers) if number % video.annotated_every == 0]
    apart = min((numbers[b] - numbers[a] for a, b in pairwise(places)), default=0)
    extent = (length - 1) * spacing
    for first in range(0, len(places) - extent, step):
        chosen = places[first : first + extent + 1 : spacing]
        if all(numbers[b] - numbers[a] == apart * spacing for a, b in pairwise(chosen)):
            yield tuple(chosen)
