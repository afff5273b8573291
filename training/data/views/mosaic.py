"""Four pictures as one: an image shows four times as many things (as in arXiv 2004.10934)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from training.data.picture import Region, Thing, TrainingPicture
from training.data.views.framing import Frame, Framing
from training.data.views.view import middles

TILES = 4
_MIDDLE = 0.4, 0.6
"""Where the four meet, as shares of height and width."""
_IDENTITIES = 10_000


def mosaic(
    pictures: Sequence[TrainingPicture], framing: Framing, rng: np.random.Generator
) -> TrainingPicture:
    """Join four pictures of one source, in rows of two; the result has the first one's size.

    Args:
        pictures: Four; all their things have masks.
        framing: How the part of each is chosen.
        rng: Source of randomness.

    Raises:
        ValueError: If they are not four, or of a thing only the box is known.
    """
    if len(pictures) != TILES or any(not t.number for p in pictures for t in p.things):
        raise ValueError('A mosaic is made of four pictures whose things all have masks.')
    height, width = pictures[0].ids.shape
    y, x = (round(side * rng.uniform(*_MIDDLE)) for side in (height, width))
    rows, columns = (slice(0, y), slice(y, height)), (slice(0, x), slice(x, width))
    rgb = np.zeros((height, width, 3), np.uint8)
    ids = np.zeros((height, width), np.int32)
    things: list[Thing] = []
    regions: list[Region] = []
    for tile, picture in enumerate(pictures):
        place = rows[tile // 2], columns[tile % 2]
        size = place[0].stop - place[0].start, place[1].stop - place[1].start
        frame = framing(picture.ids.shape, size, middles(picture), rng)
        rgb[place] = frame.image(picture.rgb)
        first = max((thing.number for thing in things), default=0)
        own = frame.labels(picture.ids)
        ids[place] = np.where(own > 0, own + first, 0)
        things += [_moved(thing, first, tile) for thing in picture.things]
        regions += [_placed(region, frame, place, ids.shape) for region in picture.regions]
    return TrainingPicture(
        rgb,
        ids,
        tuple(things),
        tuple(regions),
        frozenset.intersection(*(picture.exhaustive for picture in pictures)),
        frozenset.intersection(*(picture.rare for picture in pictures)),
        all(picture.complete for picture in pictures),
    )


def _moved(thing: Thing, first: int, tile: int) -> Thing:
    """Return a thing with a number and an identity that no other tile has."""
    identity = thing.identity + tile * _IDENTITIES
    return replace(thing, number=thing.number + first, identity=identity)


def _placed(
    region: Region, frame: Frame, place: tuple[slice, slice], shape: tuple[int, ...]
) -> Region:
    mask = np.zeros(shape, bool)
    mask[place] = frame.labels(region.mask) > 0
    return Region(mask, region.nouns)
