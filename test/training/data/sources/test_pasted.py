"""Pasted pictures: exact masks, several views of one thing, and names that may be unknown."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from training.data.asking import Asker
from training.data.pseudo_labels import Found
from training.data.sources import ground
from training.data.sources.ground import Grounds
from training.data.sources.pasted import PastedSource


@pytest.fixture(autouse=True)
def plain_ground(monkeypatch):
    """Draw no wood and marble, which takes time."""
    monkeypatch.setattr(ground, '_picture', lambda *_: np.full((512, 512, 3), 120, np.uint8))


LOOKS = {'can': 0, 'apple': 1, 'bottle': 2}


def test_masks_lie_on_what_was_pasted_and_views_share_things(cutout_folder, household):
    source = PastedSource(cutout_folder, household)
    views = source.read(0, 2, np.random.default_rng(3))
    shared = {thing.identity for thing in views[0].things} & {t.identity for t in views[1].things}
    assert shared and not np.array_equal(views[0].ids, views[1].ids)
    for picture in views:
        assert picture.complete and picture.rgb.shape == (312, 416, 3)
        for thing in picture.things:
            if thing.noun and (mask := picture.ids == thing.number).sum() > 200:
                assert np.median(picture.rgb[mask], axis=0).argmax() == LOOKS[thing.noun]


def test_the_same_draw_gives_the_same_picture(cutout_folder, household):
    source = PastedSource(cutout_folder, household)
    first, again = (source.read(0, 1, np.random.default_rng(5))[0] for _ in range(2))
    assert np.array_equal(first.rgb, again.rgb) and first.things == again.things


def test_a_thing_without_a_noun_is_an_object_that_may_be_anything(cutout_folder, household):
    source = PastedSource(cutout_folder, household)
    asker, rng = Asker(household), np.random.default_rng(0)
    pictures = [source.read(0, 1, rng)[0] for _ in range(20)]
    picture = next(p for p in pictures if any(t.noun is None for t in p.things))
    thing = next(t for t in picture.things if t.noun is None)
    assert asker.truth('object', thing, picture) is True
    assert asker.truth('mug', thing, picture) is None


def test_photographs_are_used_only_where_nothing_is_found(tmp_path, cutout_folder, household):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((120, 160, 3), 77, np.uint8))
    boxed = {'a.png': (Found('cup', 0.9, (0, 0, 160, 120)),)}
    rng = np.random.default_rng(0)
    taken = [Grounds(tmp_path, {'a.png': ()}).draw(rng)[1] for _ in range(30)]
    assert 2 < taken.count(False) < 20
    assert all(Grounds(tmp_path, boxed).draw(rng)[1] for _ in range(10))
