"""One picture to train on, whatever it comes from, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from training.data.vocabulary import split_color


@dataclass(frozen=True)
class Thing:
    """One object.

    Attributes:
        number: Its value in the id image; 0 if only its box is known.
        identity: Equal for one physical object in several pictures that are read together.
        phrases: What is known to be true of it.
        noun: Its own noun; None if it has none.
        color: Its only color; None if it is unknown or has several.
        colored: Whether the phrases name all colors that are true of it.
        named: Whether the phrases name what it is; else it may be anything.
        box: (x0, y0, x1, y1), pixels, of a thing without a number.
    """

    number: int
    identity: int
    phrases: frozenset[str]
    noun: str | None = None
    color: str | None = None
    colored: bool = False
    named: bool = True
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, eq=False)
class Region:
    """Pixels of which nobody knows whether some nouns are true of them.

    Attributes:
        mask: bool (H, W).
        nouns: The nouns; None for all.
    """

    mask: np.ndarray
    nouns: frozenset[str] | None = None

    def concerns(self, phrase: str) -> bool:
        """Tell whether a phrase might be true there."""
        return self.nouns is None or split_color(phrase)[1] in self.nouns


@dataclass(frozen=True, eq=False)
class TrainingPicture:
    """A picture and what is on it.

    Attributes:
        rgb: uint8 (H, W, 3).
        ids: int32 (H, W), numbers of things, 0 where there is none with a mask.
        things: What is on it; those out of view may be among them.
        regions: Where something may be that is no thing here.
        exhaustive: Nouns of which every instance is a thing or in a region. "object" may be one.
        rare: Nouns that are most likely on no picture of this kind, but on a thing that may be
            called so, too.
        complete: Whether all but the things and regions is background.
    """

    rgb: np.ndarray = field(repr=False)
    ids: np.ndarray = field(repr=False)
    things: tuple[Thing, ...]
    regions: tuple[Region, ...] = ()
    exhaustive: frozenset[str] = frozenset()
    rare: frozenset[str] = frozenset()
    complete: bool = False

    def knows(self, noun: str) -> bool:
        """Tell whether all instances of a noun are known, so that it may be asked."""
        return self.complete or noun in self.exhaustive
