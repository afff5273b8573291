"""The pack of shapes that need no file at all."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.pack import Form, Look, Primitive
from efficientsam3_ros.simulation.vocabulary import PRIMITIVE_NOUNS, SPLITS, Noun

PRIMITIVES: dict[str, Primitive] = {
    'block': Primitive('box', (0.024, 0.024, 0.024)),
    'ball': Primitive('sphere', (0.032, 0.032, 0.032)),
    'egg': Primitive('ellipsoid', (0.022, 0.022, 0.029)),
    'cylinder': Primitive('cylinder', (0.03, 0.03, 0.045)),
    'stick': Primitive('capsule', (0.011, 0.011, 0.08)),
}


class PrimitivesPack:
    """Blocks, balls, eggs, cylinders and sticks; see ``Pack``."""

    name = 'primitives'
    look: Look = 'plain'
    splits = SPLITS
    notes: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()

    def nouns(self) -> tuple[Noun, ...]:
        """Return the kinds of object."""
        return PRIMITIVE_NOUNS

    def form(self, noun: Noun, color: str, rng: np.random.Generator) -> Form:
        """Return the primitive of a noun."""
        return PRIMITIVES[noun.shape]
