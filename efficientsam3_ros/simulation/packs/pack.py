"""What a pack of objects offers; every pack is one of this kind.

To add a pack, write a class with these members and name it in ``simulation.registry``. Scenes of a
pack whose ``look`` is 'photo' are drawn like photographs: surfaces of ``scene.photo``, and the
camera of ``camera.effects``. Those of 'plain' packs are drawn as they always were, because figures
are stored for their pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.vocabulary import Noun

Look = Literal['plain', 'photo']


@dataclass(frozen=True)
class Primitive:
    """MuJoCo geom of half sizes in metres, before random scaling.

    Attributes:
        kind: 'box', 'sphere', 'cylinder', 'capsule' or 'ellipsoid'.
        half_sizes: Half extents (x, y, z), metres.
    """

    kind: str
    half_sizes: tuple[float, float, float]


Form: TypeAlias = 'tuple[Mesh, ...] | Primitive'
"""A shape with its surfaces: meshes of one rigid body, or one primitive in the chosen color."""


class Pack(Protocol):
    """Kinds of object, what they are called and what they look like.

    Attributes:
        name: What users type.
        look: Whether scenes of it are drawn like photographs.
        splits: Splits of the vocabulary that it may serve.
        notes: What users should know of it, a line each.
        surfaces: Names of the committed textures for table, floor and walls of a 'plain' pack.
    """

    @property
    def name(self) -> str:
        """What users type."""

    @property
    def look(self) -> Look:
        """Whether scenes are drawn like photographs."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits of the vocabulary that it may serve."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What users should know of it."""

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Committed textures of a 'plain' pack's room."""

    def nouns(self) -> tuple[Noun, ...]:
        """Return the kinds of object, with their colors, synonyms and wider nouns.

        Raises:
            AssetError: If what the pack is made of is missing.
        """

    def form(self, noun: Noun, color: str, rng: np.random.Generator) -> Form:
        """Return shape and surface of one object, upright, before random scaling.

        Args:
            noun: One of ``nouns()``.
            color: One of its colors; of a patterned noun all are true at once.
            rng: Its own randomness, for what differs between two objects of one noun and color,
                such as the words on a label. A 'plain' pack does not draw from it.

        Raises:
            AssetError: If its files are missing or damaged.
        """
