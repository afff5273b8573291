"""Every object is told all nouns and colors, through the detector's own similarity."""

from __future__ import annotations

from functools import cache

from one_thing import one_thing
import pytest
import torch

from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.colored_nouns import ColoredNouns
from training.data.named_phrases import NamedPhrases
from training.data.phrases import COLOR_NAMES
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.losses.prompt_naming import PromptNaming

VOCABULARY = Vocabulary.of(VocabularyConfig('household'))


@cache
def named() -> NamedPhrases:
    """Return all phrases; made when a test first needs them, which takes a second."""
    return NamedPhrases.of(VOCABULARY)


def row(noun: str) -> int:
    return VOCABULARY.nouns.index(noun)


def column(phrase: str) -> int:
    return named().phrases.index(phrase)


@pytest.fixture(scope='module')
def naming() -> PromptNaming:
    return PromptNaming(named(), VOCABULARY.tokenizer(6))


@pytest.fixture
def student() -> NanoStudent:
    torch.manual_seed(0)
    size = VOCABULARY.tokenizer(6).size
    return NanoStudent(
        NanoConfig(
            input_height=32,
            input_width=32,
            width=16,
            heads=2,
            queries=4,
            vocabulary_size=size,
        )
    )


def test_a_thing_shows_its_noun_and_wider_nouns_but_not_what_it_may_also_be_called():
    target, judged = named().truth(torch.tensor([row('wine bottle')]), torch.tensor([-1]))
    known = {name: bool(target[0, column(name)]) for name in ('wine bottle', 'bottle', 'fork')}
    assert known == {'wine bottle': True, 'bottle': True, 'fork': False}
    assert judged[0, column('fork')] and not judged[0, column('red object')]
    _, bottle = named().truth(torch.tensor([row('bottle')]), torch.tensor([-1]))
    assert not bottle[0, column('wine bottle')], 'a bottle may be one'
    _, cup = named().truth(torch.tensor([row('cup')]), torch.tensor([-1]))
    assert not cup[0, column('mug')], 'some call it so'


def test_a_color_is_told_where_it_is_known_whatever_the_noun():
    red = COLOR_NAMES.index('red')
    target, judged = named().truth(torch.tensor([-1]), torch.tensor([red]))
    assert target[0].nonzero()[:, 0].tolist() == [column('red object')]
    assert judged[0].sum() == len(COLOR_NAMES)


def test_the_similarity_learns_what_a_thing_is_called(student, naming):
    batch, level8 = one_thing(row('mug'), -1), torch.randn(1, 16, 4, 4)
    # Only what compares tokens with phrases learns here.
    parts = [*student.detector.similarity.parameters(), *student.text_encoder.parameters()]
    optimizer = torch.optim.Adam(parts, 0.05)
    for _ in range(40):
        optimizer.zero_grad()
        naming(student, level8, batch).backward()
        optimizer.step()
    ids = torch.from_numpy(VOCABULARY.tokenizer(6).encode(['mug', 'fork']))
    with torch.no_grad():
        tokens = level8.flatten(2).transpose(1, 2)
        found = student.detector.similarity(tokens, *student.text_encoder(ids)).sigmoid()
    left = found.reshape(2, 4, 4)[:, :, :2]
    assert left[0].min() > 0.5 > left[1].max()


def test_a_student_without_similarity_is_told_nothing(student, naming):
    student.detector.similarity = None
    assert naming(student, torch.randn(1, 16, 4, 4), one_thing(row('mug'), -1)) == 0


def test_what_is_unknown_costs_nothing(student, naming):
    level8 = torch.randn(1, 16, 4, 4)
    with torch.no_grad():
        empty = naming(student, level8, one_thing(-1, -1))
        named = naming(student, level8, one_thing(row('mug'), -1))
    assert named > empty + 0.5, 'only the background is left'


def test_pairs_of_a_color_and_a_noun_are_told_beside_all_else(student):
    colored = ColoredNouns.of(VOCABULARY, named())
    both = PromptNaming(named(), VOCABULARY.tokenizer(6), colored, pairs=5)
    alone = PromptNaming(named(), VOCABULARY.tokenizer(6))
    red = COLOR_NAMES.index('red')
    batch, level8 = one_thing(row('mug'), red), torch.randn(1, 16, 4, 4)
    torch.manual_seed(0)
    told = both.told(batch)
    size = len(named().phrases)
    assert told.token_ids.shape[0] > size and told.target[0, size:].any()
    assert told.target.shape == told.judged.shape == (1, told.token_ids.shape[0])
    with torch.no_grad():
        assert both(student, level8, batch) > alone(student, level8, batch)
    assert alone.told(batch).token_ids.shape[0] == size
