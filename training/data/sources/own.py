"""A team's own pictures as a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco_picture import CocoPicture
from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.picture import TrainingPicture
from training.data.sources.coco_names import exhaustive_nouns
from training.data.sources.stills import picture_of
from training.data.views.framing import Framing
from training.data.vocabulary import Vocabulary


@dataclass(frozen=True)
class OwnSource:
    """Labeled pictures, exhaustive for their own categories, all of which are objects.

    See ``Source``.

    Attributes:
        stills: The pictures.
        categories: Names of what is labeled.
        vocabulary: Of the run.
        framing: How parts of its pictures are chosen.

    Raises:
        SequenceError: If there is no picture.
    """

    stills: Sequence[CocoPicture]
    categories: tuple[str, ...]
    vocabulary: Vocabulary
    framing: Framing = field(default_factory=lambda: Framing(least=0.5))
    views: bool = False
    exhaustive: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.stills:
            raise SequenceError('There is no picture to train on; label some.')
        nouns = exhaustive_nouns(self.categories, self.vocabulary, {})
        object.__setattr__(self, 'exhaustive', nouns | {GENERIC})

    def __len__(self) -> int:
        return len(self.stills)

    def read(self, index: int, views: int, rng: np.random.Generator) -> list[TrainingPicture]:
        """Read a picture.

        Raises:
            SequenceError: If it is missing or damaged.
        """
        labeled = self.stills[index].read()
        return [picture_of(labeled, self.exhaustive, self.vocabulary.names_of, lambda _: True)]
