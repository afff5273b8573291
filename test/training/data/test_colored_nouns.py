"""Pairs of a color and a noun: which are drawn, and what they are true of."""

from __future__ import annotations

from functools import cache

import torch

from efficientsam3_ros.simulation.vocabulary import HELD_OUT_PAIRS
from training.data.colored_nouns import ColoredNouns
from training.data.named_phrases import NamedPhrases
from training.data.phrases import COLOR_NAMES
from training.data.vocabulary import Vocabulary, VocabularyConfig

VOCABULARY = Vocabulary.of(VocabularyConfig('household'))


@cache
def pairs() -> ColoredNouns:
    """Return all pairs; made when a test first needs them, which takes a second."""
    return ColoredNouns.of(VOCABULARY, NamedPhrases.of(VOCABULARY))


def things(*said: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return nouns and colors of things such as "red mug"; "? mug" has an unknown color."""
    words = [text.split(' ', 1) for text in said]
    noun = [VOCABULARY.nouns.index(name) for _, name in words]
    color = [-1 if name == '?' else COLOR_NAMES.index(name) for name, _ in words]
    return torch.tensor(noun), torch.tensor(color)


def told(phrase: str, *said: str) -> list[bool | None]:
    """Return what a phrase is of each thing; None where nobody knows or it is not told."""
    index = torch.tensor([pairs().phrases.index(phrase)])
    target, judged = pairs().truth(*things(*said), index)
    return [bool(t) if j else None for t, j in zip(target[:, 0], judged[:, 0])]


def test_a_pair_is_true_only_where_noun_and_color_are():
    said = ('red mug', 'black mug', 'red fork', 'black fork')
    assert told('red mug', *said) == [True, False, False, False]


def test_an_unknown_color_says_nothing_but_of_other_nouns():
    assert told('red mug', '? mug', '? fork') == [None, False]
    assert told('red mug', 'red cup', 'black cup') == [None, False], 'a cup may be a mug'


def test_pairs_come_from_the_nouns_and_colors_that_are_there():
    drawn = pairs().draw(*things('red mug', 'black fork', '? banana'), 1000)
    texts = {pairs().phrases[i] for i in drawn.tolist()}
    assert {'red mug', 'black mug', 'red fork', 'black fork'} <= texts
    assert not any('banana' in text or 'object' in text for text in texts)
    assert len(pairs().draw(*things('red mug', 'black fork'), 3)) == 3
    assert len(pairs().draw(*things('? mug'), 3)) == 0


def test_pairs_that_stay_unseen_are_never_told():
    drawn = pairs().draw(*things('blue mug', 'red bowl', 'blue bowl'), 1000)
    texts = {tuple(pairs().phrases[i].split(' ', 1)) for i in drawn.tolist()}
    assert ('blue', 'bowl') in texts and not texts & HELD_OUT_PAIRS
    # Whatever else a blue mug is called, it would teach how a blue mug looks.
    assert told('blue cup', 'blue mug') == [None]
    assert told('red mug', 'blue mug') == [False]
