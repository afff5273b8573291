"""Categories of an export in the words of a vocabulary."""

from __future__ import annotations

import pytest

from training.data.own.nouns import NounError, new_nouns
from training.data.vocabulary import Vocabulary, VocabularyConfig


def test_known_nouns_stay_and_others_are_new(household):
    categories = ('spanner', 'Torque_Wrench', 'M8 bolt', 'mugs', 'biscuit tin', 'm8-bolt')
    new = new_nouns(categories, household, 6)
    assert new == ['torque wrench', 'm8 bolt', 'biscuit can']
    grown = Vocabulary.of(VocabularyConfig('household', new))
    assert grown.words[: len(household.words)] == household.words
    assert grown.words[len(household.words) :] == ('torque', 'm8', 'bolt', 'biscuit')
    read = {category: grown.names_of(category)[0] for category in categories}
    assert read['biscuit tin'] == 'biscuit can' and read['Torque_Wrench'] == 'torque wrench'
    assert read['spanner'] == 'wrench' and read['mugs'] == 'mug'
    assert not grown.tokenizer(6).unknown_words('red torque wrenches')


@pytest.mark.parametrize(
    'category, message',
    [
        ('--', 'holds no word'),
        ('a b c d e f', 'has 6 words, at most 5'),
        ('red box', "begins with a color; call it 'box'"),
        ('object', 'the word for any object'),
    ],
)
def test_what_cannot_be_asked_is_refused(household, category, message):
    with pytest.raises(NounError, match=message):
        new_nouns(('mug', category), household, 6)


def test_nouns_may_be_left_out_of_a_base():
    without = ['tape measure', 'orange', 'adjustable wrench']
    less = Vocabulary.of(VocabularyConfig('household', without=without))
    assert not {'tape', 'measure', 'adjustable'} & set(less.words)
    assert {'wrench', 'orange'} <= set(less.words), 'a wrench is a noun, orange a color'
    assert less.names_of('tape measure') == () == less.names_of('measuring tape')
    assert new_nouns(('tape measure',), less, 6) == ['tape measure']
    with pytest.raises(ValueError, match="'zebra' is no noun"):
        Vocabulary.of(VocabularyConfig('household', without=['zebra']))
