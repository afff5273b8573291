"""Who is in view in a rendered frame, and which phrases are asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.core import Rle
from efficientsam3_ros.simulation import SceneObject
from training.data.phrases import trainable
from training.data.public_forms.drawn_phrases import sample_phrases
from training.data.scene_file import SceneFile

LEAST_AREA = 0.0008
"""Share of the picture from which an object counts as seen."""


@dataclass(frozen=True)
class View:
    """One frame of a scene.

    Attributes:
        rgb: uint8 (H, W, 3).
        seen: Objects that are large enough, with their masks.
        specks: Those of which only a few pixels are in view.
    """

    rgb: np.ndarray
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
        return cls(scene.rgb[index], seen, tuple(i for i, _ in present if i not in seen))

    def asked(
        self, scene: SceneFile, count: int, rng: np.random.Generator
    ) -> dict[str, tuple[Rle, ...]]:
        """Return phrases with the masks that answer them, about half of them with none.

        Phrases without an answer are near misses: another color, another noun, a look-alike. What
        a speck alone answers is not asked, since nobody could tell.

        Args:
            scene: Of the frame.
            count: Phrases, at most.
            rng: Draws them.
        """
        drawn = sample_phrases(list(scene.objects), list(self.seen), count, rng)
        return {
            phrase: tuple(mask for item, mask in self.seen.items() if phrase in item.phrases)
            for phrase in dict.fromkeys(drawn)
            if not any(phrase in item.phrases for item in self.specks)
        }


def phrases_of(scenes: list[SceneFile]) -> list[str]:
    """Return every phrase that may be trained of the objects of some scenes, sorted."""
    return sorted({p for s in scenes for item in s.objects for p in trainable(item.phrases)})
