"""Phrases that training asks of pictures of any source."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.asking import Asker
from training.data.picture import Thing, TrainingPicture
from training.data.vocabulary import Vocabulary, VocabularyConfig


@pytest.fixture(scope='module')
def asker() -> Asker:
    return Asker(Vocabulary.of(VocabularyConfig(base='household')))


def asked(asker: Asker, color: str) -> set[str]:
    """Return what is asked of a picture with one mug, which is a cup, too."""
    names = ('mug', 'cup', 'object')
    phrases = frozenset((*names, *(f'{color} {name}' for name in names)))
    mug = Thing(1, 1, phrases, noun='mug', color=color, colored=True)
    blank = np.zeros((8, 8, 3), np.uint8), np.ones((8, 8), np.int32)
    picture = TrainingPicture(*blank, (mug,), exhaustive=frozenset(names), complete=True)
    rng = np.random.default_rng(0)
    return {phrase for _ in range(60) for phrase in asker.ask([picture], [mug], 4, rng)}


def test_a_held_out_pair_is_not_asked_under_a_synonym(asker):
    phrases = asked(asker, 'green')
    assert {'mug', 'green object'} <= phrases
    assert not {'green mug', 'green cup'} & phrases


def test_other_colors_are_asked_with_every_name(asker):
    assert {'pink mug', 'pink cup', 'pink object'} <= asked(asker, 'pink')
