"""Words become ids the way the text encoder was trained with."""

from __future__ import annotations

import pytest

from efficientsam3_ros.core import PromptError, WordTokenizer

TOKENIZER = WordTokenizer(('red', 'mug', 'cup'), context=3)


def test_ids_follow_the_vocabulary_and_padding_is_zero():
    ids = TOKENIZER.encode(['red mug', 'cup'])
    assert ids.tolist() == [[2, 3, 0], [4, 0, 0]]
    assert ids.dtype == 'int64'
    assert TOKENIZER.size == 5


def test_case_hyphens_and_punctuation_do_not_matter():
    assert TOKENIZER.encode(['Red-MUG!']).tolist() == TOKENIZER.encode(['red mug']).tolist()


def test_unknown_words_get_one_id_and_are_reported():
    assert TOKENIZER.encode(['red gizmo']).tolist() == [[2, 1, 0]]
    assert TOKENIZER.unknown_words('red gizmo cup') == ('gizmo',)


def test_a_phrase_is_never_cut_silently():
    with pytest.raises(PromptError, match='4 words, this model reads 3'):
        TOKENIZER.encode(['red red red mug'])


def test_a_phrase_without_words_is_refused():
    with pytest.raises(PromptError, match='holds no word'):
        TOKENIZER.encode(['!?'])


def test_a_repeated_word_or_no_context_is_refused():
    with pytest.raises(ValueError, match='repeats'):
        WordTokenizer(('mug', 'mug'))
    with pytest.raises(ValueError, match='positive'):
        WordTokenizer(('mug',), context=0)


def test_plurals_and_synonyms_are_read_as_the_words_of_the_vocabulary():
    synonyms = {'tin': 'can', 'tin can': 'can', 'cell phone': 'phone', 'mice': 'mouse'}
    synonyms['vine'] = 'wine glass'
    words = ('red', 'can', 'phone', 'mouse', 'knife', 'strawberry', 'wine', 'glass', 'scissors')
    tokenizer = WordTokenizer(words, 4, synonyms)
    for said, read in {
        'Tins': 'can',
        'red tin cans': 'red can',
        'cell-phones': 'phone',
        'mice': 'mouse',
        'knives': 'knife',
        'strawberries': 'strawberry',
        'wine glasses': 'wine glass',
        'vines': 'wine glass',
        'scissors': 'scissors',
    }.items():
        assert tokenizer.read_as(said) == tuple(read.split()), said
        assert not tokenizer.unknown_words(said)
    assert tokenizer.unknown_words('red cell gizmos') == ('cell', 'gizmos')
    assert tokenizer.encode(['gas tins']).tolist() == [[1, 3, 0, 0]]


def test_the_context_counts_the_words_that_are_looked_up():
    tokenizer = WordTokenizer(('red', 'phone'), 2, {'cell phone': 'phone'})
    assert tokenizer.encode(['red cell phone']).tolist() == [[2, 3]]
