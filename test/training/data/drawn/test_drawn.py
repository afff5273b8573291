"""Drawn icons: what is told of a picture is what it shows, and clips move."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from training.data.drawn import __main__ as drawn
from training.data.drawn.icons import COLORS, NOUNS, Icon, outline
from training.data.drawn.scenes import clip
from training.data.public_forms.objects import View, scene_asker
from training.data.scene_file import read_scene


def icon(noun: str, color: str = 'red') -> Icon:
    shade, mark = np.array(COLORS[color], float), np.array([35.0, 35.0, 40.0])
    return Icon(3, noun, color, shade, mark, 20.0, 0.4)


@pytest.mark.parametrize('noun', NOUNS)
def test_an_icon_is_drawn_in_its_color_where_its_number_stands(noun):
    rgb, ids = np.full((64, 64, 3), 128, np.float32), np.zeros((64, 64), np.uint8)
    icon(noun).paint(rgb, ids, np.array([30.0, 34.0]))
    inside = ids == 3
    assert inside.any() and np.all(rgb[~inside] == 128)
    colored = np.all(rgb[inside] == COLORS['red'], axis=-1)
    # Flags and targets are striped; no pixel has a third color.
    assert 0.4 < colored.mean() <= 1.0
    assert np.all(rgb[inside][~colored] == [35, 35, 40])
    assert np.hypot(*(np.argwhere(inside).mean(0) - (34, 30))) < 1.5


def test_every_noun_has_a_shape_of_its_own():
    found = {}
    for noun in NOUNS:
        rgb, ids = np.zeros((64, 64, 3), np.float32), np.zeros((64, 64), np.uint8)
        icon(noun).paint(rgb, ids, np.array([32.0, 32.0]))
        found[noun] = rgb.tobytes()
    assert len(set(found.values())) == len(NOUNS)
    with pytest.raises(ValueError, match='known are cross, die'):
        outline('horse')


def test_things_of_a_clip_move_a_little_every_frame_and_some_leave():
    left = 0
    for seed in range(20):
        scene = clip(np.random.default_rng(seed), 64, 12)
        assert scene.rgb.shape == (12, 64, 64, 3) and scene.ids.shape == (12, 64, 64)
        for item in scene.objects:
            there = [frame == item.id for frame in scene.ids]
            left += not all(mask.any() for mask in there)
            places = [np.argwhere(m).mean(0) if m.sum() > 60 else None for m in there]
            for one, two in pairwise(places):
                assert one is None or two is None or np.hypot(*(one - two)) < 20
    assert left > 5


def test_the_command_draws_the_same_again_and_keeps_what_is_there(tmp_path):
    words = ['--scenes', '2', '--side', '40', '--first-seed', '7', '--workers', '1']
    for name in ('a', 'b'):
        assert drawn.main(['--out', str(tmp_path / name), *words]) == 0
    first, again = (read_scene(tmp_path / name / 'scene_8.npz') for name in ('a', 'b'))
    np.testing.assert_array_equal(first.rgb, again.rgb)
    assert first.objects == again.objects
    kept = (tmp_path / 'a/scene_8.npz').stat().st_mtime_ns
    assert drawn.main(['--out', str(tmp_path / 'a'), *words]) == 0
    assert (tmp_path / 'a/scene_8.npz').stat().st_mtime_ns == kept
    assert drawn.main(['--out', str(tmp_path / 'a'), *words, '--frames', '3']) == 0
    assert len(read_scene(tmp_path / 'a/clip_00008_0.npz').rgb) == 3


def test_icons_are_asked_for_in_the_words_of_icons():
    asker, asked = scene_asker(drawn=True), set()
    for seed in range(30):
        view = View.of(clip(np.random.default_rng(seed), 112, 1), 0)
        answers = view.asked(asker, 8, np.random.default_rng(seed))
        for phrase, masks in answers.items():
            true = [mask for item, mask in view.seen.items() if phrase in item.phrases]
            assert list(masks) == true
        asked |= answers.keys()
    words = {word for phrase in asked for word in phrase.split()}
    assert words == {*NOUNS, *COLORS, 'object'}
