import numpy as np
import pytest

from efficientsam3_ros.simulation.packs.clean import CleanPack
from efficientsam3_ros.simulation.packs.mesh import AssetError
from efficientsam3_ros.simulation.vocabulary import (
    ALL_WORDS,
    CLEAN_NOUNS,
    HELD_OUT_NOUNS,
    HELD_OUT_PAIRS,
    PRIMITIVE_NOUNS,
    Noun,
    allowed,
    phrases,
    wanted,
)


def test_phrases_are_noun_colour_noun_and_generic():
    assert phrases('mug', 'red') == {'mug', 'red mug', 'object', 'red object'}


def test_wider_noun_is_true_too():
    assert {'ball', 'white ball', 'white baseball'} <= phrases('baseball', 'white')


def test_colour_is_not_said_twice():
    assert 'orange orange' not in phrases('orange', 'orange')


def test_patterned_object_has_no_colour_phrase():
    assert phrases('mug', None) == {'mug', 'object'}


def test_every_held_out_pair_is_known_by_its_parts_in_training():
    trained = {(c, n.name) for n in CLEAN_NOUNS for c in allowed(n, 'train')}
    assert not trained & HELD_OUT_PAIRS
    for color, noun in HELD_OUT_PAIRS:
        assert sum(name == noun for _, name in trained) >= 3, noun
        assert sum(c == color for c, _ in trained) >= 3, color


def test_held_out_nouns_appear_in_their_split_only():
    for noun in CLEAN_NOUNS:
        if noun.name in HELD_OUT_NOUNS:
            assert not allowed(noun, 'train') and not allowed(noun, 'unseen_pairs')
            assert wanted(noun, 'unseen_nouns') == noun.colors


def test_words_cover_every_phrase():
    spoken = {p for n in (*CLEAN_NOUNS, *PRIMITIVE_NOUNS) for c in n.colors
              for p in phrases(n.name, c)}  # fmt: skip
    assert {word for phrase in spoken for word in phrase.split()} == set(ALL_WORDS)


def test_every_noun_of_the_clean_pack_has_a_shape():
    for noun in CLEAN_NOUNS:
        CleanPack().form(noun, noun.colors[0], np.random.default_rng(0))


def test_missing_shape_names_the_remedy():
    with pytest.raises(AssetError, match=r'make_assets\.py'):
        CleanPack().form(Noun('x', 'no_such_thing', ('red',)), 'red', np.random.default_rng(0))


def test_unknown_split_is_refused():
    with pytest.raises(ValueError, match='unseen_pairs'):
        allowed(CLEAN_NOUNS[0], 'testing')
