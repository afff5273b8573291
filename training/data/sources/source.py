"""What a source of training pictures offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from training.data.picture import TrainingPicture
from training.data.views.framing import Framing

HELD_OUT_EVERY = 12
"""Of real pictures, the first of so many serves validation and is never trained on."""


class Source(Protocol):
    """Pictures of one kind.

    Attributes:
        views: Whether several pictures of one reading show the same things.
        framing: How parts of its pictures are chosen.
    """

    @property
    def views(self) -> bool:
        """Whether several pictures of one reading show the same things."""

    @property
    def framing(self) -> Framing:
        """How parts of its pictures are chosen."""

    def __len__(self) -> int:
        """Number of readings."""

    def read(self, index: int, views: int, rng: np.random.Generator) -> list[TrainingPicture]:
        """Read pictures, at most ``views``.

        Args:
            index: From 0.
            views: How many pictures of the same things are wanted.
            rng: Source of randomness.

        Raises:
            ValueError: If a file is missing or damaged; the message names it.
        """


@dataclass(frozen=True)
class Part:
    """Whether a source serves training or validation."""

    validation: bool = False

    def chosen(self, count: int) -> Sequence[int]:
        """Return places of pictures, by a rule that depends on nothing but their number."""
        kept = (i % HELD_OUT_EVERY == 0 for i in range(count))
        return [i for i, held_out in enumerate(kept) if held_out == self.validation]
