"""Alignment: cells and phrases, by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.detector.similarity import PromptSimilarity
from training.alignment.objective import agreement, alignment_terms, cell_logits, contrast
from training.concept.data.batch import ConceptBatch, ConceptTruth

WIDTH, GRID = 8, 2


class Text(nn.Module):
    """One token a phrase, its id as a direction."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        self.asked.append(len(ids))
        tokens = nn.functional.one_hot(ids[:, :1], WIDTH).float()
        return tokens * 9, torch.ones(len(ids), 1)


@dataclass
class Detector:
    similarity: PromptSimilarity


class Student(nn.Module):
    """An encoder that shows in each cell which phrase is true there."""

    def __init__(self) -> None:
        super().__init__()
        similarity = PromptSimilarity(WIDTH)
        with torch.no_grad():
            for layer in (similarity.token_proj, similarity.text_proj):
                layer.weight.copy_(torch.eye(WIDTH))
                layer.bias.zero_()
        self.text_encoder, self.detector = Text(), Detector(similarity)

    def image_encoder(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        shown = images[:, 0].long()
        level = nn.functional.one_hot(shown, WIDTH).permute(0, 3, 1, 2).float() * 9
        return level, level, level


def truth(ids: list[int], boxes: list[tuple[int, int, int]]) -> ConceptTruth:
    """Ask phrases of which things in cells (phrase, row, column) are all that is there."""
    masks = torch.zeros(len(boxes), 2 * GRID, 2 * GRID)
    for number, (_, row, column) in enumerate(boxes):
        masks[number, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2] = 1
    positive = torch.tensor([[box[0] == i for box in boxes] for i in ids], dtype=torch.bool)
    names = tuple(map(str, ids))
    tokens = torch.tensor(ids)[:, None]
    count = len(boxes)
    return ConceptTruth(
        names, names, tokens, positive.reshape(len(ids), count), torch.zeros(count, 4), masks,
        torch.arange(count),
    )  # fmt: skip


@pytest.fixture
def batch() -> ConceptBatch:
    images = torch.zeros(2, 3, GRID, GRID)
    images[0, :, 0, 0], images[1, :, 1, 1] = 3, 4
    first = truth([3, 4], [(3, 0, 0)])
    return ConceptBatch(images, (first, truth([4, 5, 3], [(4, 1, 1)])))


def test_each_picture_is_compared_with_its_own_phrases(batch):
    student = Student()
    logits, cover = cell_logits(student, batch)
    assert logits.shape == cover.shape == (5, GRID * GRID)
    assert cover.tolist() == [[1, 0, 0, 0], [0] * 4, [0, 0, 0, 1], [0] * 4, [0] * 4]
    best = logits.flatten().topk(2).indices.tolist()
    assert sorted(best) == [0, 2 * 4 + 3]
    # Phrases of several pictures are encoded once.
    assert student.text_encoder.asked == [3]


def test_a_right_alignment_costs_less_than_a_wrong_one(batch):
    student = Student()
    right = alignment_terms(student, batch)['alignment'].item()
    swapped = ConceptBatch(batch.images.flip(0), batch.truths)
    assert right < 0.5 * alignment_terms(student, swapped)['alignment'].item()


def test_pictures_without_things_teach_what_is_absent(batch):
    empty = ConceptBatch(batch.images[:1] * 0, (truth([3, 4], []),))
    terms = alignment_terms(Student(), empty)
    assert float(terms['cell_iou']) == 0 and float(terms['alignment']) > 0


def test_agreement_counts_cells_that_both_cover():
    logits = torch.tensor([[2.0, 2.0, -1.0, -1.0]])
    met, either = agreement(logits, torch.tensor([[1.0, 0.2, 0.9, 0.0]]))
    assert (int(met), int(either)) == (1, 3)


def test_contrast_is_the_cross_entropy_of_a_shown_cell_over_the_phrases():
    logits = torch.tensor([[2.0, 5.0], [0.0, 1.0], [2.0, -4.0]])
    cover = torch.tensor([[0.9, 0.0], [0.0, 0.0], [0.8, 0.1]])
    # The second cell shows nothing; in the first, two phrases are true.
    share = (2 * torch.tensor(2.0).exp() + 1).log() - 2
    torch.testing.assert_close(contrast(logits, cover), share[None])
    # What all phrases have in common costs nothing.
    torch.testing.assert_close(contrast(logits + 7, cover), share[None])
    assert contrast(logits, cover * 0).shape == (0,)
