"""What a suite asks of a picture, and by which names the truth calls it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zlib import crc32

SYNONYMS = (('can', 'tin'), ('mug', 'cup'), ('box', 'carton'))
"""Words for one and the same concept: an annotation that uses either of them means both."""
ABSENT_EVERY = 7
"""Of the concepts that a picture lacks, one in so many is asked."""


@dataclass(frozen=True)
class Asked:
    """One concept of a suite.

    Attributes:
        word: What a bundle is asked.
        names: What the truth calls it: the word, its synonyms and what else belongs to it.
    """

    word: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, word: str, *kinds: str) -> Asked:
        """Return a concept with the synonyms of its word, and with kinds of it."""
        same = [other for group in SYNONYMS if word in group for other in group]
        return cls(word, tuple(dict.fromkeys((word, *same, *kinds))))

    def means(self, names: Collection[str]) -> bool:
        """Tell whether it is among some names of the truth."""
        return any(name in names for name in self.names)


def asked_of(
    picture: str,
    concepts: Sequence[Asked],
    present: Collection[str],
    every: int = ABSENT_EVERY,
) -> tuple[Asked, ...]:
    """Return what is asked of a picture: all that it shows, and some of what it lacks.

    Of a suite's list, the concept number i (from 0) is asked though it is absent if the CRC-32 of
    the picture's name plus i is divisible by ``every``. So no other picture matters, and of any
    ``every`` concepts in a row it is always one.

    Args:
        picture: Its name.
        concepts: The suite's list.
        present: Names of the truth that it shows.
        every: 1 asks for all.
    """
    start = crc32(picture.encode())
    return tuple(
        concept
        for index, concept in enumerate(concepts)
        if concept.means(present) or (start + index) % every == 0
    )
