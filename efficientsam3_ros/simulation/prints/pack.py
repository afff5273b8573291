"""The pack itself."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.pack import Form, Look
from efficientsam3_ros.simulation.prints.catalogue import KINDS
from efficientsam3_ros.simulation.vocabulary import SPLITS, Noun


class PrintedPack:
    """Groceries, tableware and tools with labels and prints of their own; see ``Pack``.

    It needs no file. Every object differs: its measures, words, pictures and wear come from its
    own generator. Only its main color is chosen beforehand.
    """

    name = 'printed'
    look: Look = 'photo'
    splits = SPLITS
    notes: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()

    def nouns(self) -> tuple[Noun, ...]:
        """Return the kinds of object."""
        return tuple(kind.noun for kind in KINDS)

    def form(self, noun: Noun, color: str, rng: np.random.Generator) -> Form:
        """Make one object."""
        make = next(kind.make for kind in KINDS if kind.noun.name == noun.name)
        return make(color, rng)
