"""Rendered scenes as training pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from efficientsam3_ros.simulation import SceneObject
from training.data.picture import Thing, TrainingPicture
from training.data.scene_file import read_scene
from training.data.views.framing import Framing
from training.data.vocabulary import Vocabulary, split_color

_PATTERN = 'scene_*.npz'


@dataclass(frozen=True)
class SceneSource:
    """Scenes of one pack, whose own nouns are all known; see ``Source``.

    Attributes:
        root: Folder of scene files.
        vocabulary: Of the run.
        pack_nouns: Every noun of the pack, wider ones included; the others are rare.
        framing: How parts of its pictures are chosen.

    Raises:
        ValueError: If the folder holds no scene.
    """

    root: Path
    vocabulary: Vocabulary
    pack_nouns: frozenset[str]
    framing: Framing = field(default_factory=Framing)
    views: bool = True
    files: list[Path] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        files = sorted(self.root.glob(_PATTERN))
        if not files:
            raise ValueError(
                f'{self.root} holds no scene; render some with '
                'python -m training.data.tabletop_render, or set its share to 0.'
            )
        object.__setattr__(self, 'files', files)

    def __len__(self) -> int:
        return len(self.files)

    def read(self, index: int, views: int, rng: np.random.Generator) -> list[TrainingPicture]:
        """Read some frames of a scene.

        Raises:
            ValueError: If the file is damaged.
        """
        scene = read_scene(self.files[index])
        frames = rng.choice(len(scene.rgb), min(views, len(scene.rgb)), replace=False)
        things = tuple(self._thing(item) for item in scene.objects)
        known = frozenset(self.pack_nouns)
        every = {*self.vocabulary.nouns, *self.vocabulary.wider}
        return [
            TrainingPicture(
                rgb=scene.rgb[frame],
                ids=scene.ids[frame].astype(np.int32),
                things=things,
                exhaustive=known,
                rare=frozenset(every.difference(known)),
                complete=True,
            )
            for frame in frames
        ]

    def _thing(self, item: SceneObject) -> Thing:
        phrases = canonical_phrases(item.phrases, self.vocabulary)
        noun = self.vocabulary.canonical(item.noun)
        return Thing(item.id, item.id, phrases, noun, item.color, colored=True)


def canonical_phrases(phrases: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Put phrases into the words of a vocabulary; those with other words are left out."""
    found = (vocabulary.canonical(phrase) for phrase in phrases)
    return frozenset(phrase for phrase in found if phrase is not None)


def nouns_of(names: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """Return the nouns of some phrases in the words of a vocabulary, "object" among them."""
    found = canonical_phrases((*names, 'object'), vocabulary)
    return frozenset(split_color(phrase)[1] for phrase in found)
