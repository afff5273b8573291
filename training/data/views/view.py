"""A picture as the network sees it: framed, changed, and its things measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.data.picture import Region, Thing, TrainingPicture
from training.data.views.augment import Augmentation
from training.data.views.framing import Frame, Framing
from training.data.views.measure import Shape, measure, measure_box

LEAST_OF_A_BOX = 0.4
"""Share of a box that must be in view; no mask tells where the thing is in it."""


@dataclass(frozen=True, eq=False)
class View:
    """A picture as the network sees it.

    Attributes:
        picture: As it was read.
        rgb: uint8 (H, W, 3).
        shapes: Things that can be asked, with the pixels they may take, and their shapes.
        cut: Things that are too small or too little in view to be asked: what may be true of
            them is ignored there.
        regions: Where nothing is certain.
    """

    picture: TrainingPicture
    rgb: np.ndarray
    shapes: Sequence[tuple[Thing, np.ndarray, Shape]]
    cut: Sequence[tuple[Thing, np.ndarray]]
    regions: Sequence[Region]


@dataclass(frozen=True)
class Viewer:
    """Makes views.

    Attributes:
        size: (height, width) of the network's input.
        min_area: Smallest visible thing that can be asked, as a share of the image.
        change: Random changes of light and noise; None for none.
    """

    size: tuple[int, int]
    min_area: float
    change: Augmentation | None

    def view(self, picture: TrainingPicture, framing: Framing, rng: np.random.Generator) -> View:
        """Return a part of a picture, with what is in view."""
        frame = framing(picture.ids.shape, self.size, middles(picture), rng)
        rgb, ids = frame.image(picture.rgb), frame.labels(picture.ids)
        if self.change is not None:
            rgb = self.change.photometric(rgb, rng)
        regions = [Region(frame.labels(r.mask) > 0, r.nouns) for r in picture.regions]
        shapes, cut = [], []
        areas = np.bincount(ids.ravel())
        for thing in picture.things:
            found = self._masked(thing, ids, areas) if thing.number else self._boxed(thing, frame)
            if found is None:
                continue
            mask, shape = found
            if shape is None:
                cut.append((thing, mask))
            else:
                shapes.append((thing, mask, shape))
        return View(picture, rgb, shapes, cut, regions)

    def _masked(
        self, thing: Thing, ids: np.ndarray, areas: np.ndarray
    ) -> tuple[np.ndarray, Shape | None] | None:
        """Return mask and shape, no shape of what is too small; None of what is not in view."""
        area = int(areas[thing.number]) if thing.number < len(areas) else 0
        if not area:
            return None
        mask = ids == thing.number
        return mask, measure(mask) if area >= self.min_area * ids.size else None

    def _boxed(self, thing: Thing, frame: Frame) -> tuple[np.ndarray, Shape | None] | None:
        """Return the same of a thing of which only the box is known."""
        assert thing.box is not None
        box, share = frame.box(thing.box)
        if not share:
            return None
        x0, y0 = np.floor(box[:2]).astype(int)
        x1, y1 = np.ceil(box[2:]).astype(int)
        mask = np.zeros(self.size, bool)
        mask[y0:y1, x0:x1] = True
        large = float(np.prod(box[2:] - box[:2])) >= self.min_area * mask.size
        return mask, measure_box(box, self.size) if large and share >= LEAST_OF_A_BOX else None


def middles(picture: TrainingPicture) -> np.ndarray:
    """Return where parts of a picture may be centered: on the pixels of named things."""
    wanted = [t for t in picture.things if t.noun is not None]
    found = [((t.box[0] + t.box[2]) / 2, (t.box[1] + t.box[3]) / 2) for t in wanted if t.box]
    numbers = [t.number for t in wanted if t.number]
    if numbers:
        ys, xs = np.nonzero(picture.ids[::8, ::8])
        found += [
            (8 * float(np.median(xs[own])), 8 * float(np.median(ys[own])))
            for number in numbers
            if (own := picture.ids[ys * 8, xs * 8] == number).any()
        ]
    return np.array(found, np.float64).reshape(-1, 2)
