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
