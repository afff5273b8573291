"""Photographs with masks: what is asked of them, and where nobody knows the answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import phrase_files
import pytest
import torch

from efficientsam3_ros.core import Preprocess
from efficientsam3_ros.datasets import SequenceError
from training.data.asking import Asker
from training.data.batch_builder import BatchBuilder, Limits
from training.data.sources.coco_names import exhaustive_nouns
from training.data.sources.source import Part
from training.data.sources.stills import StillSource
from training.data.views.framing import WHOLE

LIMITS = Limits(phrases=4, min_area=0.001, exemplars=0.0)


def one(source):
    return source.read(0, 1, np.random.default_rng(0))[0]


def built(picture, phrases, household, monkeypatch):
    """Return the batch of a picture that is asked some phrases."""
    asker = Asker(household)
    monkeypatch.setattr(Asker, 'ask', lambda *_: list(phrases))
    builder = BatchBuilder(Preprocess(64, 96), asker, LIMITS, None, np.random.default_rng(0))
    builder.add([picture], WHOLE)
    return builder.build(household.tokenizer(8))


def test_some_exemplars_come_without_their_words(coco_folder, household, monkeypatch):
    picture = one(StillSource(coco_folder, household))
    monkeypatch.setattr(Asker, 'ask', lambda *_: ['blue mug', 'red mug', 'object', 'bottle'])
    builder = BatchBuilder(
        Preprocess(64, 96),
        Asker(household),
        replace(LIMITS, exemplars=1.0, exemplar_words=0.5),
        None,
        np.random.default_rng(0),
    )
    for _ in range(20):
        builder.add([picture], WHOLE)
    batch, tokenizer = builder.build(household.tokenizer(8)), household.tokenizer(8)
    unknown = [bool(tokenizer.unknown_words(phrase)) for phrase in builder.phrases]
    blue, red, anything, bottle = (unknown[number::4] for number in range(4))
    assert 4 < sum(blue) < 16 and 4 < sum(bottle) < 16
    assert not any(red), 'nothing shows what is not there'
    assert not any(anything), 'one thing does not show that everything is meant'
    shown = batch.exemplar >= 0
    assert shown.tolist() == batch.positive.any(1).tolist()
    # The box lies on a thing of which the phrase was true, whatever is said beside it.
    assert batch.positive[torch.arange(80)[shown], batch.exemplar[shown]].all()


def test_training_and_validation_share_no_picture(coco_folder, household):
    train = StillSource(coco_folder, household)
    held_out = StillSource(coco_folder, household, part=Part(validation=True))
    names = [{still.name for still in source.stills} for source in (train, held_out)]
    assert len(names[0]) == 12 and names[1] == {'1', '13'} and not names[0] & names[1]


def test_truth_crowds_and_what_has_no_mask(coco_folder, household, monkeypatch):
    picture = one(StillSource(coco_folder, household, frozenset({'wrench'})))
    asked = ('blue mug', 'red cup', 'book', 'object', 'person', 'wrench')
    batch = built(picture, asked, household, monkeypatch)
    assert batch.positive.any(1).tolist() == [True, False, False, True, True, False]
    assert batch.positive[3].sum() == 2, 'a cup and a bottle; a person is no object'
    cup, book, anything, person, wrench = (batch.ignored[row] for row in (1, 2, 3, 4, 5))
    assert cup.max() == 0, 'the cup is surely blue'
    assert book[5:, :5].min() == 1 and book[:5].max() == 0, 'the crowd'
    assert anything[5:, 1].min() == 1 and anything[1:4, 1:4].max() == 0
    assert anything[0, 10:].max() < 1, 'a person is surely no object'
    assert person.max() == 0 and wrench.max() == 0
    assert not batch.complete.any() and batch.masked.all()


def test_only_complete_sets_of_kinds_make_a_wider_noun_exhaustive(household):
    assert 'cutlery' in exhaustive_nouns(('fork', 'knife', 'spoon'), household)
    assert 'cutlery' not in exhaustive_nouns(('fork', 'knife'), household)
    assert exhaustive_nouns(('gas wrench', 'zebra'), household) == {'pipe wrench'}
    assert 'mug' in exhaustive_nouns(('cup',), household)


def test_what_is_asked_can_be_answered(coco_folder, household):
    picture = one(StillSource(coco_folder, household, frozenset({'wrench', 'hammer'})))
    asker, rng = Asker(household), np.random.default_rng(1)
    asked = {p for _ in range(60) for p in asker.ask([picture], picture.things, 6, rng)}
    assert {'cup', 'mug', 'bottle', 'object'} <= asked
    absent = {p for p in asked if not any(p in thing.phrases for thing in picture.things)}
    answers = {asker.truth(p, thing, picture) for p in absent for thing in picture.things}
    assert answers == {False}
    nouns = {phrase.split(' ', 1)[-1] for phrase in absent}
    assert nouns <= picture.exhaustive | picture.rare


def test_a_color_that_nobody_told_may_be_any(coco_folder, household):
    picture = one(StillSource(coco_folder, household))
    cup = replace(picture.things[1], color=None, colored=False, phrases=frozenset({'cup'}))
    asker = Asker(household)
    assert asker.truth('cup', cup, picture) is True
    assert asker.truth('red cup', cup, picture) is None
    assert asker.truth('red bottle', cup, picture) is False


def test_a_set_that_was_searched_for_some_categories_only_is_refused(tmp_path, household):
    phrase_files.lvis(tmp_path)
    (tmp_path / 'lvis_v1_val.json').rename(tmp_path / 'instances_train.json')
    with pytest.raises(SequenceError, match='what it was searched for, as LVIS does'):
        StillSource(tmp_path, household)
