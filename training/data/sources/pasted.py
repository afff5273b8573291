"""Cut-outs pasted on tables: every mask is exact, and everything pasted is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.color_name import color_name
from training.data.picture import Region, Thing, TrainingPicture
from training.data.sources.cutouts import Cutout, read_cutout, read_index
from training.data.sources.ground import Grounds
from training.data.sources.pasting import ALPHA, SIDES, Canvas, changed
from training.data.views.framing import Framing
from training.data.vocabulary import Vocabulary, with_colors

FEWEST = 3
MOST_COUNTED = 50
"""Of cut-outs of one noun, when the next noun is drawn."""
UNNAMED_SHARE = 0.15
"""Of the things on a picture, about so many have no noun."""
BOTH_NAMES = {
    'cup': ('mug',),
    'milk carton': ('box',),
    'juice carton': ('box',),
    'carton': ('box',),
}
"""As real pictures are named: see ``coco_names``; a carton is a box."""
_UPRIGHT = frozenset({'coco', 'icons'})


@dataclass(frozen=True)
class PastedSource:
    """Pictures made of cut-outs; see ``Source``. Two views hold mostly the same things.

    Attributes:
        folder: Of cut-outs.
        vocabulary: Of the run.
        grounds: What they are pasted on.
        most: Largest number on one picture.
        length: Number of readings.
        framing: How parts of its pictures are chosen.

    Raises:
        ValueError: If there are no cut-outs.
    """

    folder: Path
    vocabulary: Vocabulary
    grounds: Grounds = field(default_factory=Grounds)
    most: int = 12
    length: int = 100_000
    framing: Framing = field(default_factory=lambda: Framing(least=0.7))
    views: bool = True
    by_noun: dict[str, list[Cutout]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        groups: dict[str, list[Cutout]] = {}
        for cutout in read_index(self.folder):
            groups.setdefault(cutout.noun, []).append(cutout)
        object.__setattr__(self, 'by_noun', groups)

    def __len__(self) -> int:
        return self.length

    def read(self, index: int, views: int, rng: np.random.Generator) -> list[TrainingPicture]:
        """Paste pictures.

        Raises:
            ValueError: If a cut-out is missing or damaged.
        """
        count = int(rng.integers(FEWEST, max(FEWEST, self.most) + 1))
        chosen = self._choose(count, rng)
        patches = [read_cutout(self.folder, cutout) for cutout in chosen]
        return [self._paste(chosen, patches, rng) for _ in range(views)]

    def _choose(self, count: int, rng: np.random.Generator) -> list[Cutout]:
        """Choose by the square root of how many there are, so that rare nouns come often."""
        nouns = sorted(noun for noun in self.by_noun if noun)
        counts = np.array([len(self.by_noun[noun]) for noun in nouns])
        weights = np.minimum(counts, MOST_COUNTED) ** 0.5
        found: list[Cutout] = []
        while len(found) < count:
            unnamed = self.by_noun.get('', [])
            if not nouns or (unnamed and rng.random() < UNNAMED_SHARE):
                found.append(unnamed[rng.integers(len(unnamed))])
                continue
            noun = nouns[rng.choice(len(nouns), p=weights / weights.sum())]
            group = self.by_noun[noun]
            twins = 2 if rng.random() < 0.2 else 1
            found += [group[rng.integers(len(group))] for _ in range(twins)]
        return found[:count]

    def _paste(
        self, chosen: Sequence[Cutout], patches: Sequence[np.ndarray], rng: np.random.Generator
    ) -> TrainingPicture:
        ground, empty = self.grounds.draw(rng)
        canvas = Canvas(ground, rng)
        sides = np.exp(rng.uniform(*np.log(SIDES))) * np.exp(rng.normal(0, 0.35, len(chosen)))
        things: list[Thing] = []
        for place in rng.permutation(len(chosen)):
            number = int(place) + 1
            upright = chosen[place].source in _UPRIGHT
            patch = changed(patches[place], float(np.clip(sides[place], *SIDES)), upright, rng)
            if canvas.put(patch, number):
                things.append(self._thing(chosen[place], patches[place], number))
        nouns = frozenset((*self.vocabulary.nouns, *self.vocabulary.wider))
        shown = frozenset(name for thing in things for name in self._names(thing.noun))
        around = () if empty else (Region(canvas.ids == 0, frozenset({GENERIC})),)
        return TrainingPicture(
            rgb=np.clip(canvas.image, 0, 255).astype(np.uint8),
            ids=canvas.ids,
            things=tuple(things),
            regions=around,
            exhaustive=frozenset((GENERIC,)) if empty else shown | {GENERIC},
            rare=nouns,
            complete=empty,
        )

    def _names(self, noun: str | None) -> tuple[str, ...]:
        return (*self.vocabulary.names_of(noun), *BOTH_NAMES.get(noun, ())) if noun else ()

    def _thing(self, cutout: Cutout, patch: np.ndarray, number: int) -> Thing:
        names, color = self._names(cutout.noun), color_name(patch[patch[..., 3] >= ALPHA, :3])
        phrases = with_colors(names, (color,) if color else ())
        noun, named, sure = cutout.noun or None, bool(names), color is not None
        return Thing(number, number, phrases, noun, color, colored=sure, named=named)
