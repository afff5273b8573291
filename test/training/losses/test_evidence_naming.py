"""All nouns are told to the surest cell of every object."""

from __future__ import annotations

from functools import cache

from one_thing import one_thing
import pytest
import torch

from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.named_phrases import NamedPhrases
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.losses.evidence_naming import evidence_naming
from training.losses.prompt_naming import PromptNaming

VOCABULARY = Vocabulary.of(VocabularyConfig('household'))
MUG = VOCABULARY.nouns.index('mug')
GRID = (4, 4)


@cache
def naming() -> PromptNaming:
    """Return what knows all phrases; made when a test first needs it, which takes a second."""
    return PromptNaming(NamedPhrases.of(VOCABULARY), VOCABULARY.tokenizer(6))


@pytest.fixture
def student() -> NanoStudent:
    torch.manual_seed(0)
    config = NanoConfig(
        input_height=32,
        input_width=32,
        width=16,
        heads=2,
        queries=4,
        vocabulary_size=VOCABULARY.tokenizer(6).size,
    )
    return NanoStudent(config).eval()


@pytest.fixture
def levels(student) -> tuple[torch.Tensor, ...]:
    """Return levels of which the head is sure that something is everywhere."""
    channels = student.detector.evidence.channels
    torch.manual_seed(1)
    cells = torch.cat([torch.randn(1, 21, channels), torch.zeros(1, 21, 5)], -1)
    return torch.zeros(1, 24, 16, 16), torch.zeros(1, 16, *GRID), torch.zeros(0), cells


def test_one_cell_of_the_thing_learns_its_name_and_no_other_name(student, levels):
    batch, evidence = one_thing(MUG), student.detector.evidence
    parts = [*evidence.parameters(), *student.text_encoder.parameters()]
    optimizer = torch.optim.Adam(parts, 0.02)
    for _ in range(80):
        optimizer.zero_grad()
        evidence_naming(student, naming(), levels, batch).backward()
        optimizer.step()
    ids = torch.from_numpy(VOCABULARY.tokenizer(6).encode(['mug', 'fork']))
    with torch.no_grad():
        weights = evidence.weights(*student.text_encoder(ids))
        chance = torch.stack(evidence.log_scores(levels[3], weights, GRID)).amax(0).exp()
    mug, fork = chance
    assert mug[:, :2].max() > 0.5 > fork[:, :2].max()
    assert mug[:, 3].max() < 0.5, 'what lies beside the thing is none'


def test_what_is_unknown_costs_nothing(student, levels):
    with torch.no_grad():
        assert evidence_naming(student, naming(), levels, one_thing(-1, complete=False)) == 0
        assert evidence_naming(student, naming(), levels, one_thing(MUG, complete=False)) > 0.1
