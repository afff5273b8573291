"""Photographs on which another detector found boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.media.picture_files import read_picture
from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.picture import Region, Thing, TrainingPicture
from training.data.pseudo_labels import Found, read_labels
from training.data.sources.coco_names import exhaustive_nouns, is_object, names_of
from training.data.sources.source import Part
from training.data.views.framing import Framing
from training.data.vocabulary import Vocabulary, with_colors

SURE = 0.5
"""From this score on a box is a thing; below, what it might be is ignored there."""
UNCLEAR = 0.25
"""Below this score it might be its own class only, above anything."""


@dataclass(frozen=True)
class UnlabeledSource:
    """Pictures with the boxes of a detector of COCO's classes; see ``Source``.

    What it does not find at all is taken as absent. People and furniture are not asked: a box
    says little of them.

    Attributes:
        root: Folder of the pictures.
        labels: File of ``training.data.pseudo_labels``.
        vocabulary: Of the run.
        rare: Nouns that are hardly on any of its pictures.
        part: Training or validation.
        framing: How parts of its pictures are chosen.

    Raises:
        ValueError: If the file is missing or damaged, or no picture has a sure box.
    """

    root: Path
    labels: Path
    vocabulary: Vocabulary
    rare: frozenset[str] = frozenset()
    part: Part = field(default_factory=Part)
    framing: Framing = field(default_factory=Framing)
    views: bool = False
    pictures: list[tuple[str, tuple[Found, ...]]] = field(init=False, repr=False)
    exhaustive: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = sorted(read_labels(self.labels).items())
        chosen = [found[place] for place in self.part.chosen(len(found))]
        known = [(name, boxes) for name, boxes in chosen if any(map(self._wanted, boxes))]
        if not known:
            raise ValueError(f'{self.labels} holds no sure box of the vocabulary.')
        object.__setattr__(self, 'pictures', known)
        nouns = exhaustive_nouns(COCO_CLASSES, self.vocabulary)
        object.__setattr__(self, 'exhaustive', nouns | {GENERIC})

    def __len__(self) -> int:
        return len(self.pictures)

    def read(self, index: int, views: int, rng: np.random.Generator) -> list[TrainingPicture]:
        """Read a picture.

        Raises:
            PictureError: If it is missing or damaged.
        """
        name, found = self.pictures[index]
        rgb = read_picture(self.root / name)
        shape = rgb.shape[:2]
        sure = [item for item in found if self._wanted(item)]
        things = tuple(self._thing(item, number) for number, item in enumerate(sure, 1))
        regions = [
            Region(_inside(item, shape), self._maybe(item))
            for item in found
            if not self._wanted(item)
        ]
        elsewhere = ~np.logical_or.reduce([_inside(item, shape) for item in sure])
        regions.append(Region(elsewhere, frozenset({GENERIC})))
        return [
            TrainingPicture(
                rgb=rgb,
                ids=np.zeros(shape, np.int32),
                things=things,
                regions=tuple(regions),
                exhaustive=self.exhaustive,
                rare=self.rare,
            )
        ]

    def _wanted(self, item: Found) -> bool:
        return item.score >= SURE and is_object(item.category, self.vocabulary)

    def _thing(self, item: Found, number: int) -> Thing:
        names = names_of(item.category, self.vocabulary)
        noun = names[0] if names else None
        return Thing(0, number, with_colors(names), noun, box=item.box)

    def _maybe(self, item: Found) -> frozenset[str] | None:
        """Return what may be in a box: anything, if something is and its class is unsure."""
        if UNCLEAR <= item.score < SURE:
            return None
        return frozenset((*names_of(item.category, self.vocabulary), GENERIC))


def _inside(item: Found, shape: tuple[int, int]) -> np.ndarray:
    x0, y0 = np.floor(np.maximum(item.box[:2], 0)).astype(int)
    x1, y1 = np.ceil(np.maximum(item.box[2:], 0)).astype(int)
    mask = np.zeros(shape, bool)
    mask[y0:y1, x0:x1] = True
    return mask
