"""Photographs with masks, in COCO's form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Instance
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco import CocoPictures
from efficientsam3_ros.datasets.stills.coco_picture import CocoPicture
from efficientsam3_ros.datasets.stills.labeled_frame import LabeledFrame
from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.color_name import color_name
from training.data.picture import Region, Thing, TrainingPicture
from training.data.sources.coco_names import exhaustive_nouns, is_object, names_of
from training.data.sources.source import Part
from training.data.views.framing import Framing
from training.data.views.mosaic import TILES, mosaic
from training.data.vocabulary import Vocabulary, with_colors

_IMAGES, _INSTANCES = 'images', 'instances_train.json'


@dataclass(frozen=True)
class StillSource:
    """A folder in COCO's form, exhaustive for its own categories; see ``Source``.

    "object" may be asked: what has no mask is then ignored, people and furniture are none.

    Attributes:
        root: Holds ``images`` and ``instances_train.json``.
        vocabulary: Of the run.
        rare: Nouns that are hardly on any of its pictures.
        part: Training or validation.
        framing: How parts of its pictures are chosen.
        joined: How often a reading is a mosaic of four pictures, 0..1.

    Raises:
        SequenceError: If the folder cannot be read.
    """

    root: Path
    vocabulary: Vocabulary
    rare: frozenset[str] = frozenset()
    part: Part = field(default_factory=Part)
    framing: Framing = field(default_factory=Framing)
    joined: float = 0.0
    views: bool = False
    stills: Sequence[CocoPicture] = field(init=False, repr=False)
    exhaustive: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pictures = CocoPictures(self.root / _IMAGES, self.root / _INSTANCES)
        if pictures.source != 'coco':
            raise SequenceError(
                f'{self.root} tells for each picture what it was searched for, as LVIS does; name '
                'a set that is exhaustive for all its categories.'
            )
        stills = [pictures.stills[place] for place in self.part.chosen(len(pictures))]
        known = [s for s in stills if isinstance(s, CocoPicture) and self._shows_objects(s)]
        if not known:
            raise SequenceError(f'{self.root} shows nothing of the vocabulary; name another.')
        object.__setattr__(self, 'stills', known)
        nouns = exhaustive_nouns(pictures.categories, self.vocabulary)
        object.__setattr__(self, 'exhaustive', nouns | {GENERIC})

    def __len__(self) -> int:
        return len(self.stills)

    def read(self, index: int, views: int, rng: np.random.Generator) -> list[TrainingPicture]:
        """Read a picture, or it and three that are drawn as one.

        Raises:
            SequenceError: If one is missing or damaged.
        """
        if not (self.joined and rng.random() < self.joined):
            return [self._picture(index)]
        others = rng.integers(len(self), size=TILES - 1)
        pictures = [self._picture(place) for place in (index, *others)]
        return [mosaic(pictures, self.framing, rng)]

    def _picture(self, index: int) -> TrainingPicture:
        labeled = self.stills[index].read()
        names = partial(names_of, vocabulary=self.vocabulary)
        is_thing = partial(is_object, vocabulary=self.vocabulary)
        found = picture_of(labeled, self.exhaustive, names, is_thing)
        return replace(found, rare=self.rare)

    def _shows_objects(self, still: CocoPicture) -> bool:
        return any(is_object(item.concept, self.vocabulary) for item in still.instances)


def picture_of(
    labeled: LabeledFrame,
    exhaustive: frozenset[str],
    names: Callable[[str], tuple[str, ...]],
    is_thing: Callable[[str], bool],
) -> TrainingPicture:
    """Return a labeled photograph as a picture to train on.

    Args:
        labeled: The photograph.
        exhaustive: As in ``TrainingPicture``.
        names: Tells what is true of a category, its noun first.
        is_thing: Tells whether a category is an object: "object" is true of it, and its color is
            named.
    """
    # Small things lie on large ones, not under them.
    items = sorted(labeled.truth.instances, key=lambda item: -item.area)
    rgb = labeled.frame.rgb
    ids = np.zeros(rgb.shape[:2], np.int32)
    for item in items:
        ids[item.mask.decode()] = item.track_id
    crowds = [Region(item.mask.decode(), frozenset(names(item.concept))) for item in labeled.crowd]
    things = tuple(_thing(i, rgb, ids, names(i.concept), is_thing(i.concept)) for i in items)
    # For "object" nobody knows what is where there is no mask.
    regions = (*crowds, Region(ids == 0, frozenset({GENERIC})))
    return TrainingPicture(rgb, ids, things, regions, exhaustive)


def _thing(
    item: Instance, rgb: np.ndarray, ids: np.ndarray, names: tuple[str, ...], is_thing: bool
) -> Thing:
    noun = names[0] if names else None
    if not is_thing:
        return Thing(item.track_id, item.track_id, frozenset(names), noun)
    color = color_name(rgb[ids == item.track_id], float(rgb.mean()))
    phrases = with_colors(names, (color,) if color else ())
    sure = color is not None
    return Thing(item.track_id, item.track_id, phrases, noun, color, colored=sure)
