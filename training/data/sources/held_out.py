"""Pictures that a training holds out, as sequences of one frame with questions about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import hashlib

import numpy as np

from efficientsam3_ros.core import Frame, FrameResult, Instance, Rle, TrackState
from efficientsam3_ros.datasets.sequence import TruthKind
from training.data.asking import Asker
from training.data.picture import Thing, TrainingPicture
from training.data.questions import questions
from training.data.sources.opening import OpenSource
from training.data.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class HeldOutPicture:
    """One picture and its questions, see ``datasets.Sequence``.

    Attributes:
        name: Source and number.
        picture: The picture.
        answers: Phrase to the things of which it is true; empty for what is absent.
    """

    name: str
    picture: TrainingPicture
    answers: dict[str, tuple[Thing, ...]]
    source: str = 'still'
    truth_kind: TruthKind = TruthKind.CONCEPTS
    expected_frames: int = 1
    notes: tuple[str, ...] = ()

    @property
    def concepts(self) -> tuple[str, ...]:
        """The phrases."""
        return tuple(self.answers)

    @property
    def digest(self) -> str:
        """SHA-256 of pixels, masks and questions."""
        found = hashlib.sha256(self.picture.rgb.tobytes())
        found.update(self.picture.ids.tobytes())
        found.update(repr(self.answers).encode())
        return found.hexdigest()

    def frames(self) -> Iterator[Frame]:
        """Yield the picture."""
        yield Frame(np.ascontiguousarray(self.picture.rgb), 0, self.source)

    def truth(self) -> Iterator[FrameResult]:
        """Yield the answers as instances; one thing answers several phrases."""
        pairs = [(phrase, thing) for phrase, things in self.answers.items() for thing in things]
        instances = tuple(
            Instance(
                track_id=number,
                label=number,
                concept=phrase,
                score=1.0,
                mask=Rle.encode(self.picture.ids == thing.number),
                state=TrackState.TRACKED,
            )
            for number, (phrase, thing) in enumerate(pairs, start=1)
        )
        height, width = self.picture.ids.shape
        yield FrameResult(0, self.source, height, width, 1, instances)


def held_out(
    opened: OpenSource, vocabulary: Vocabulary, pictures: int, phrases: int, seed: int
) -> Iterator[HeldOutPicture]:
    """Yield held-out pictures of a source, the same ones for the same arguments.

    Args:
        opened: A source's held-out part.
        vocabulary: Of the run.
        pictures: How many at most, spread over all that there are.
        phrases: Questions asked of each, half of them about what is there if possible.
        seed: Of the questions.

    Raises:
        ValueError: If a file is missing or damaged.
    """
    count = len(opened.source)
    asker = Asker(vocabulary)
    for index in np.unique(np.linspace(0, count - 1, min(pictures, count)).round().astype(int)):
        rng = np.random.default_rng((seed, int(index)))
        (picture,) = opened.source.read(int(index), 1, rng)
        answers = questions(picture, asker, phrases, rng)
        if answers:
            yield HeldOutPicture(f'{opened.name}-{index}', picture, answers)
