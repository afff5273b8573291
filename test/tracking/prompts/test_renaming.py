"""What a renaming may say, and what it contradicts."""

from __future__ import annotations

import pytest

from efficientsam3_ros.core import Prompt, PromptError
from efficientsam3_ros.tracking.prompts.renaming import check_renaming

BEFORE = [Prompt('Red mug'), Prompt('fork')]


def after(*concepts: str) -> list[Prompt]:
    return [Prompt(concept) for concept in concepts]


@pytest.mark.parametrize(
    ('renamed', 'asked'),
    [
        ({'fork': 'tool'}, ['red mug', 'tool']),
        ({' red  MUG ': 'Mug'}, ['mug', 'fork']),
        ({'red mug': 'fork', 'fork': 'red mug'}, ['red mug', 'fork']),
        ({'red mug': 'fork', 'fork': 'tool'}, ['fork', 'tool']),
        ({'red mug': 'thing', 'fork': 'thing'}, ['thing']),
        ({'red mug': 'RED mug'}, ['RED mug']),
    ],
    ids=['one', 'other spelling', 'swap', 'chain', 'two become one', 'same'],
)
def test_names_are_compared_by_their_words(renamed, asked):
    keys = check_renaming(renamed, BEFORE, after(*asked))
    assert {old.casefold(): new.casefold() for old, new in keys.items()} == keys
    assert list(keys.values()) == [new.casefold() for new in renamed.values()]


@pytest.mark.parametrize(
    ('renamed', 'asked', 'reason'),
    [
        ({'knife': 'tool'}, ['tool'], '"knife".*in force are Red mug, fork'),
        ({'fork': 'tool'}, ['red mug'], '"tool".*not among the new prompts'),
        ({'fork': 'tool'}, ['tool', 'Fork'], '"fork".*stay as well'),
    ],
    ids=['unknown', 'not asked for', 'stays'],
)
def test_contradictions_are_named(renamed, asked, reason):
    with pytest.raises(PromptError, match=reason):
        check_renaming(renamed, BEFORE, after(*asked))
