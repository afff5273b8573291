"""The vocabulary for real tables: it holds whatever the suites ask, and every phrase is read."""

from __future__ import annotations

import pytest

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.datasets.household import (
    CONCEPTS,
    NOUNS,
    SYNONYMS,
    WORDS,
    canonical,
)
from efficientsam3_ros.datasets.real.suites import REAL_SUITES
from efficientsam3_ros.simulation.packs.textured_words import WORDS as SCANS
from efficientsam3_ros.simulation.prints.catalogue import KINDS
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, COLORS


def asked() -> set[str]:
    """Return every noun that a suite may ask."""
    simulated = (*CLEAN_NOUNS, *(kind.noun for kind in KINDS), *(w.noun for w in SCANS.values()))
    real = [
        concept.word
        for suite in REAL_SUITES.values()
        for concept in getattr(suite, 'concepts', ())
    ]
    return {*(noun.name for noun in simulated), *real, 'box', 'pot'}


def test_every_noun_of_the_suites_is_a_concept():
    assert not {noun for noun in asked() if canonical(noun) not in NOUNS}
    assert not {color for color in COLORS if canonical(f'{color} mug') != f'{color} mug'}


def test_nouns_and_synonyms_name_one_concept_each():
    said = [phrase for concept in CONCEPTS for phrase in (concept.noun, *concept.same)]
    assert len(set(said)) == len(said)
    assert all(canonical(phrase) in NOUNS for phrase in said)
    assert all(canonical(f'red {noun}') == f'red {noun}' for noun in NOUNS)
    assert all(canonical(wide) == wide for concept in CONCEPTS for wide in concept.wider)
    WordTokenizer(WORDS, 6, SYNONYMS).encode([f'silver {noun}' for noun in NOUNS])


@pytest.mark.parametrize(
    ('said', 'read'),
    [
        ('red tins', 'red can'),
        ('Cell phones', 'phone'),
        ('spanner', 'wrench'),
        ('gas wrench', 'pipe wrench'),
        ('mobile', 'phone'),
        ('power drills', 'power drill'),
        ('gizmo', None),
        ('!', None),
    ],
)
def test_phrases_are_put_into_the_words_of_the_vocabulary(said, read):
    assert canonical(said) == read
