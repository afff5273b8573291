"""Batches: truth that fits the pixels, reproducible, and honest about held-out words."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.simulation import SceneObject
from efficientsam3_ros.simulation.vocabulary import (
    ALL_WORDS,
    CLEAN_NOUNS,
    HELD_OUT_NOUNS,
    HELD_OUT_PAIRS,
    allowed,
    phrases,
)
from training.data.phrases import sample_phrases, trainable
from training.data.scene_file import read_scene
from training.data.tabletop import DataConfig, InputSize, TabletopBatches
from training.data.views.augment import Augmentation

STILL = Augmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def make(scenes, **changes) -> TabletopBatches:
    settings = {
        'root': scenes,
        'tokenizer': WordTokenizer(ALL_WORDS, 6),
        'sizes': (InputSize(32, 48, 2), InputSize(48, 64, 5)),
        'length': 5,
        'data': DataConfig(scenes=2, phrases=4, augmentation=STILL),
    }
    return TabletopBatches(**(settings | changes))


def test_the_same_index_gives_the_same_batch(scenes):
    first, second = make(scenes)[3], make(scenes)[3]
    for name, value in vars(first).items():
        assert torch.equal(value, getattr(second, name)), name
    assert not torch.equal(first.images, make(scenes, seed=1)[3].images)


def test_input_size_follows_the_schedule(scenes):
    data = make(scenes)
    assert data[1].images.shape == (4, 3, 32, 48) and data[2].images.shape == (4, 3, 48, 64)
    assert data[1].masks.shape[1:] == (16, 24)


def test_masks_and_boxes_lie_on_the_object(scenes):
    batch = make(scenes)[4]
    for row in range(len(batch.masks)):
        y, x = np.nonzero(batch.masks[row].numpy() > 0.5)
        cx, cy, w, h = batch.boxes[row].tolist()
        assert (x.min() / 32, y.min() / 24) == pytest.approx((cx - w / 2, cy - h / 2), abs=0.05)
        px, py = batch.places[row].tolist()
        assert batch.masks[row, int(py * 24), int(px * 32)] > 0
        pixels = batch.images[batch.image_of[row], :, int(py * 48), int(px * 64)]
        assert pixels.max() > 0.3, 'the place must show the coloured object'


def test_positives_are_what_the_phrase_says(scenes):
    tokenizer = WordTokenizer(ALL_WORDS, 6)
    mug = tokenizer.encode(['mug'])[0]
    for index in range(5):
        batch = make(scenes)[index]
        for row, ids in enumerate(batch.token_ids):
            if np.array_equal(ids, mug):
                image = row // batch.phrases
                names = batch.identity[batch.positive[row]] % 1000
                assert (names == 1).all() and (batch.image_of[batch.positive[row]] == image).all()


def test_mirror_and_crop_keep_image_and_ids_together(scenes):
    scene = read_scene(sorted(scenes.glob('*.npz'))[0])
    change = Augmentation(min_crop=0.6, gain=0, contrast=0, white_balance=0, noise=0, blur=0)
    for seed in range(10):
        rgb, ids = change(scene.rgb[0], scene.ids[0], 48, 64, np.random.default_rng(seed))
        reddish = (rgb[..., 0] > 150) & (rgb[..., 2] < 60)
        assert (reddish == (ids == 1)).mean() > 0.97


def test_held_out_words_are_never_asked():
    rng = np.random.default_rng(0)
    lying = (('mug', 'blue'), ('bowl', 'white'), ('cup', 'red'))
    objects = [SceneObject(i, *names, phrases(*names), '') for i, names in enumerate(lying, 1)]
    asked = {p for _ in range(800) for p in sample_phrases(objects, [objects[1]], 6, rng)}
    assert 'white bowl' in asked and len(asked) > 100
    assert not {f'{c} {n}' for c, n in HELD_OUT_PAIRS} & asked
    assert not {p for p in asked if any(p.endswith(n) for n in HELD_OUT_NOUNS)}


def test_a_pair_is_held_out_under_all_of_its_names():
    spoken = phrases('mug', 'green', ('cup', 'tool'))
    assert {'green cup', 'green mug'} <= spoken
    assert trainable(spoken) == {'mug', 'cup', 'tool', 'object', 'green object'}
    for noun in CLEAN_NOUNS:
        for color in allowed(noun, 'train'):
            assert trainable(phrases(noun.name, color)) == phrases(noun.name, color)


def test_held_out_pairs_are_not_learnt_under_a_synonym():
    rng = np.random.default_rng(0)
    mug = SceneObject(1, 'mug', 'green', phrases('mug', 'green', ('cup',)), '')
    asked = {p for _ in range(300) for p in sample_phrases([mug], [mug], 2, rng)[:1]}
    assert asked == {'mug', 'cup', 'object', 'green object'}


def test_a_damaged_scene_is_named(scenes):
    path = sorted(scenes.glob('*.npz'))[0]
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r'scene_0\.npz is damaged .* render again'):
        read_scene(path)


def test_a_scene_with_the_old_names_of_fields_is_to_be_rendered_again(scenes):
    path = sorted(scenes.glob('*.npz'))[0]
    with np.load(path) as arrays:
        parts = dict(arrays)
    parts['objects'] = np.array(str(parts['objects']).replace('"color"', '"colour"'))
    np.savez(path, **parts)
    with pytest.raises(ValueError, match=r'colour.* render again'):
        read_scene(path)


def test_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match='tabletop_render'):
        make(tmp_path)
