"""Batches of rendered scenes: truth that fits the pixels, and reproducible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from training.data.config import DataConfig, InputSize
from training.data.mixed import MixedBatches
from training.data.sources.config import ScenesConfig, SourcesConfig
from training.data.sources.opening import open_sources
from training.data.vocabulary import Vocabulary, VocabularyConfig

WORDS = Vocabulary.of(VocabularyConfig('simulated'))


def make(scenes: Path) -> MixedBatches:
    sources = SourcesConfig(clean=ScenesConfig(str(scenes), str(scenes), 1.0))
    return MixedBatches(
        sources=open_sources(sources, WORDS),
        vocabulary=WORDS,
        tokenizer=WORDS.tokenizer(6),
        sizes=(InputSize(32, 48, 2), InputSize(48, 64, 5)),
        length=5,
        data=DataConfig(scenes=2, phrases=4),
        whole=True,
    )


def test_the_same_index_gives_the_same_batch(scenes):
    first, second = make(scenes)[3], make(scenes)[3]
    for name, value in vars(first).items():
        assert torch.equal(value, getattr(second, name)), name
    assert not torch.equal(first.images, replace(make(scenes), seed=1)[3].images)


def test_input_size_follows_the_schedule(scenes):
    data = make(scenes)
    assert data[1].images.shape == (4, 3, 32, 48) and data[2].images.shape == (4, 3, 48, 64)
    assert data[1].masks.shape[1:] == (16, 24)


def test_masks_and_boxes_lie_on_the_object(scenes):
    batch = make(scenes)[4]
    assert len(batch.masks)
    for row in range(len(batch.masks)):
        y, x = np.nonzero(batch.masks[row].numpy() > 0.5)
        cx, cy, w, h = batch.boxes[row].tolist()
        assert (x.min() / 32, y.min() / 24) == pytest.approx((cx - w / 2, cy - h / 2), abs=0.05)
        px, py = batch.places[row].tolist()
        assert batch.masks[row, int(py * 24), int(px * 32)] > 0
        pixels = batch.images[batch.image_of[row], :, int(py * 48), int(px * 64)]
        assert pixels.max() > 0.3, 'the place must show the coloured object'


def test_positives_are_what_the_phrase_says(scenes):
    mug, noun = WORDS.tokenizer(6).encode(['mug'])[0], WORDS.nouns.index('mug')
    asked = 0
    for index in range(5):
        batch = make(scenes)[index]
        for row, ids in enumerate(batch.token_ids):
            if np.array_equal(ids, mug):
                found = batch.positive[row]
                there = (batch.noun == noun) & (batch.image_of == row // batch.phrases)
                assert torch.equal(found, there)
                asked += 1
    assert asked


def test_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match='tabletop_render'):
        make(tmp_path)
