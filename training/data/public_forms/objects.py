"""Who is in view in a rendered frame, and which phrases are asked of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Rle
from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, COLORS, GENERIC
from training.data.asking import Asker, NearMisses
from training.data.drawn import icons
from training.data.phrases import NOUNS, trainable
from training.data.picture import Thing, TrainingPicture
from training.data.questions import questions
from training.data.scene_file import SceneFile
from training.data.vocabulary import Vocabulary, VocabularyConfig

LEAST_AREA = 0.0008
"""Share of the picture from which an object counts as seen."""
NEAR = NearMisses(0.5, 0.4, lookalike_colors=0.3, generic_colors=0.1)
_RENDERED = frozenset({*NOUNS, *(wide for noun in CLEAN_NOUNS for wide in noun.also), GENERIC})
_DRAWN = frozenset({*icons.NOUNS, GENERIC})
"""Nouns of which a scene shows no more than its objects' phrases tell."""


@dataclass(frozen=True)
class View:
    """One frame of a scene.

    Attributes:
        rgb: uint8 (H, W, 3).
        ids: int32 (H, W), numbers of the objects.
        seen: Objects that are large enough, with their masks.
        specks: Those of which only a few pixels are in view.
    """

    rgb: np.ndarray
    ids: np.ndarray
    seen: Mapping[SceneObject, Rle]
    specks: tuple[SceneObject, ...]

    @classmethod
    def of(cls, scene: SceneFile, index: int) -> View:
        """Look at a frame of a scene."""
        ids, known = scene.ids[index], {item.id: item for item in scene.objects}
        numbers, areas = np.unique(ids, return_counts=True)
        present = [(known[int(n)], a) for n, a in zip(numbers, areas) if int(n) in known]
        large = [item for item, area in present if area >= LEAST_AREA * ids.size]
        seen = {item: Rle.encode(ids == item.id) for item in large}
        specks = tuple(item for item, _ in present if item not in seen)
        return cls(scene.rgb[index], ids.astype(np.int32), seen, specks)

    def asked(
        self, asker: Asker, count: int, rng: np.random.Generator
    ) -> dict[str, tuple[Rle, ...]]:
        """Return phrases with the masks that answer them, about half of them with none.

        Most phrases without an answer are near misses: another color, another noun, a look-alike.
        What a speck answers is not asked, since nobody could tell.

        Args:
            asker: Draws the phrases.
            count: Phrases, at most.
            rng: Source of randomness.
        """
        masks = {item.id: mask for item, mask in self.seen.items()}
        # Without a number, a speck has no mask, and what is true of it no known answer.
        things = tuple(_thing(item, masks) for item in (*self.seen, *self.specks))
        known = _DRAWN if is_drawn((*self.seen, *self.specks)) else _RENDERED
        picture = TrainingPicture(self.rgb, self.ids, things, exhaustive=known, complete=True)
        answers = questions(picture, asker, count, rng)
        return {phrase: tuple(masks[t.number] for t in true) for phrase, true in answers.items()}


def scene_asker(drawn: bool = False) -> Asker:
    """Return what draws phrases for rendered scenes of any pack, or for drawn icons."""
    vocabulary = Vocabulary.of(VocabularyConfig('household'))
    colors = tuple(icons.COLORS) if drawn else tuple(COLORS)
    return Asker(vocabulary, NEAR, colors)


def is_drawn(things: Collection[SceneObject]) -> bool:
    """Tell whether a scene shows icons of ``training.data.drawn``."""
    return any(item.asset == icons.ASSET for item in things)


def _thing(item: SceneObject, masks: Mapping[int, Rle]) -> Thing:
    number = item.id if item.id in masks else 0
    return Thing(number, item.id, item.phrases, item.noun, item.color, colored=True)


def phrases_of(scenes: list[SceneFile]) -> list[str]:
    """Return every phrase that may be trained of the objects of some scenes, sorted."""
    return sorted({p for s in scenes for item in s.objects for p in trainable(item.phrases)})
