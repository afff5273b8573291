"""Several pictures that are asked together get the answers that each gets alone."""

from __future__ import annotations

import pytest
from tiny_student import SIZES, tiny_student
import torch

from training.network.answering import Exemplars, answer, answers

SIZE = SIZES['sam3']
IDS = (
    torch.tensor([[5, 6, 7] + [0] * 13, [8, 9, 10] + [0] * 13]),
    torch.tensor([[5, 11, 7] + [0] * 13]),
    torch.tensor([[5, 12, 7, 3] + [0] * 12] * 3),
)
"""Tokens of two, one and three phrases."""
SHOWN = (
    None,
    Exemplars(torch.tensor([[[0.5, 0.5, 0.2, 0.3]]]), torch.tensor([[1]]), torch.ones(1, 1)),
    Exemplars(
        torch.tensor([[[0.3, 0.4, 0.2, 0.2], [0.7, 0.6, 0.1, 0.2]]] * 3),
        torch.tensor([[1, 0]] * 3),
        torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]),
    ),
)


@pytest.fixture(scope='module')
def student():
    return tiny_student('efficientvit_b0', 'sam3').eval()


@pytest.mark.parametrize('auxiliary', [False, True])
@pytest.mark.parametrize('shown', [None, SHOWN], ids=['words', 'exemplars'])
def test_together_as_one_by_one(student, shown, auxiliary):
    images = torch.rand(3, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        together = answers(student, images, IDS, shown, auxiliary)
        for number, got in enumerate(together):
            levels = tuple(student.image_encoder(images[number : number + 1])[:3])
            exemplars = shown[number] if shown else None
            alone = answer(student, levels, IDS[number], exemplars, auxiliary)
            parts = (got, alone)
            close(*([a.found.logits, a.found.boxes, a.found.embeddings] for a in parts))
            close(*([a.found.presence, a.found.start.boxes, a.found.memory] for a in parts))
            close(*([a.masks(student, 0, torch.arange(3)), a.levels] for a in parts))
            assert (got.found.auxiliary is None) is not auxiliary
            if auxiliary:
                close(*([a.found.auxiliary.logits, a.found.auxiliary.boxes] for a in parts))


def test_the_pixels_of_some_phrases_are_those_of_each(student):
    images = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        (got,) = answers(student, images, IDS[2:])
        some = got.pixels(student, torch.tensor([0, 2]))
        close(some, torch.cat([got.pixels(student, slice(n, n + 1)) for n in (0, 2)]))


def close(one, other):
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
