"""Four pictures as one: things, what is known of them, and where nobody knows, stay right."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.picture import Region, Thing, TrainingPicture
from training.data.sources.source import Part
from training.data.sources.stills import StillSource
from training.data.views.framing import WHOLE
from training.data.views.mosaic import mosaic

SIZE = 40, 60


def picture(number: int, exhaustive: set[str]) -> TrainingPicture:
    """Return one of a single color, with a thing in the middle and an unknown left edge."""
    ids = np.zeros(SIZE, np.int32)
    ids[10:30, 20:40] = 1
    rgb = np.full((*SIZE, 3), 10 * number, np.uint8)
    rgb[ids == 1] = 100 + number
    unknown = np.zeros(SIZE, bool)
    unknown[:, :6] = True
    thing = Thing(1, 1, frozenset({f'noun {number}'}), f'noun {number}')
    regions = (Region(unknown, frozenset({'object'})),)
    return TrainingPicture(rgb, ids, (thing,), regions, frozenset(exhaustive))


@pytest.fixture
def joined() -> TrainingPicture:
    pictures = [picture(number, {'mug', f'noun {number}'}) for number in range(1, 5)]
    return mosaic(pictures, WHOLE, np.random.default_rng(0))


def test_each_tile_keeps_its_thing_under_its_own_number(joined):
    assert joined.rgb.shape == (*SIZE, 3) and joined.ids.shape == SIZE
    assert [thing.noun for thing in joined.things] == [f'noun {n}' for n in range(1, 5)]
    assert len({thing.number for thing in joined.things}) == 4
    assert len({thing.identity for thing in joined.things}) == 4
    for number, thing in enumerate(joined.things, start=1):
        own = joined.rgb[joined.ids == thing.number]
        assert len(own) > 50 and abs(int(np.median(own)) - 100 - number) < 1


def test_what_is_known_is_what_all_pictures_know(joined):
    assert joined.exhaustive == {'mug'} and not joined.complete
    unknown = np.logical_or.reduce([region.mask for region in joined.regions])
    assert unknown[:, 0].all() and not unknown[:, 10].any()
    assert 0.05 < unknown.mean() < 0.15


def test_things_without_masks_are_refused():
    boxed = TrainingPicture(
        np.zeros((*SIZE, 3), np.uint8),
        np.zeros(SIZE, np.int32),
        (Thing(0, 1, frozenset({'mug'}), 'mug', box=(1.0, 1.0, 9.0, 9.0)),),
    )
    with pytest.raises(ValueError, match='four pictures whose things all have masks'):
        mosaic([boxed] * 4, WHOLE, np.random.default_rng(0))


def test_a_source_joins_its_pictures_as_often_as_is_said(coco_folder, household):
    for share, most in ((0.0, 4), (1.0, 16)):
        source = StillSource(coco_folder, household, part=Part(), joined=share)
        (found,) = source.read(0, 1, np.random.default_rng(0))
        assert found.ids.shape == (64, 96)
        assert most // 2 < len(found.things) <= most
    again = source.read(0, 1, np.random.default_rng(0))[0]
    assert np.array_equal(found.rgb, again.rgb)
