"""Mixtures: reproducible batches of several sources, framed and held apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from training.data.config import DataConfig, InputSize
from training.data.mixed import MixedBatches
from training.data.sources.config import PastedConfig, SourcesConfig, StillsConfig
from training.data.sources.opening import open_sources
from training.data.views.framing import Framing
from training.data.vocabulary import Vocabulary, VocabularyConfig


@pytest.fixture
def mixed(coco_folder, cutout_folder, household) -> MixedBatches:
    sources = SourcesConfig(
        coco=StillsConfig(str(coco_folder), 1.0), pasted=PastedConfig(str(cutout_folder), share=1)
    )
    return MixedBatches(
        sources=open_sources(sources, household),
        vocabulary=household,
        tokenizer=household.tokenizer(8),
        sizes=[InputSize(64, 96, 10)],
        length=10,
        data=DataConfig(scenes=2, views=2, phrases=4),
        seed=3,
    )


def test_the_same_index_gives_the_same_batch(mixed):
    first, second = mixed[4], mixed[4]
    for name, value in vars(first).items():
        assert torch.equal(value, getattr(second, name)), name
    assert first.images.shape == (4, 3, 64, 96) and first.ignored.shape == (16, 8, 12)
    assert not torch.equal(first.images, mixed[5].images)


def test_every_positive_lies_on_the_image_that_is_asked(mixed):
    for index in range(4):
        batch = mixed[index]
        phrase, instance = batch.positive.nonzero(as_tuple=True)
        assert (batch.image_of[instance] == phrase // batch.phrases).all() and len(phrase)
        assert ((batch.masks.flatten(1).amax(1) > 0) == batch.masked).all()


def test_without_a_share_there_is_nothing_to_open(household):
    with pytest.raises(ValueError, match='share'):
        open_sources(SourcesConfig(), household)


def test_a_frame_moves_boxes_as_it_moves_pixels():
    rgb = np.zeros((60, 80, 3), np.uint8)
    rgb[20:40, 30:60] = 255
    for seed in range(12):
        frame = Framing(0.7)((60, 80), (48, 64), np.array([[45, 30]]), np.random.default_rng(seed))
        ys, xs = np.nonzero(frame.labels(rgb[..., 0]) > 0)
        box, share = frame.box((30, 20, 60, 40))
        assert share > 0
        assert box.tolist() == pytest.approx(
            [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], abs=1.6
        )


def test_nouns_of_a_team_stand_behind_the_others(household):
    more = Vocabulary.of(VocabularyConfig('household', ['torque wrench: wrench, tool', 'rivet']))
    assert more.words[: len(household.words)] == household.words
    assert more.words[len(household.words) :] == ('torque', 'rivet')
    assert more.names_of('torque wrenches') == ('torque wrench', 'wrench', 'tool')
    with pytest.raises(ValueError, match='known already'):
        Vocabulary.of(VocabularyConfig('household', ['spanner']))
    with pytest.raises(ValueError, match=r'vocabulary\.base'):
        Vocabulary.of(VocabularyConfig('other'))
