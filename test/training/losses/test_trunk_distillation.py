"""What YOLOX knows of COCO's classes is held, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from one_thing import one_thing
import pytest
import torch

from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from training.data.batch import Batch
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.losses.trunk_distillation import TrunkDistillation

VOCABULARY = Vocabulary.of(VocabularyConfig('household'))
CUP, WRENCH = VOCABULARY.nouns.index('cup'), VOCABULARY.nouns.index('wrench')
GRID = (4, 4)


@pytest.fixture(scope='module')
def teacher() -> YoloxTrunk:
    """Return a teacher that is sure of a class everywhere."""
    torch.manual_seed(0)
    trunk = YoloxTrunk().eval()
    for head in trunk.heads:
        for layer in (head.class_prediction, head.objectness_prediction):
            torch.nn.init.constant_(layer.bias, 4.0)
            torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(head.box_prediction.weight)
    return trunk


@pytest.fixture(scope='module')
def distillation(teacher) -> TrunkDistillation:
    return TrunkDistillation(teacher, VOCABULARY)


def photograph(noun: int, complete: bool = False) -> Batch:
    """Return a picture of which the left half is a thing, of noise."""
    torch.manual_seed(1)
    batch = one_thing(noun, complete=complete)
    return replace(batch, images=torch.rand(1, 3, 32, 32) * 2 - 1)


@torch.no_grad()
def cells_of(teacher: YoloxTrunk, batch: Batch) -> torch.Tensor:
    return teacher.cells(teacher(batch.images))


def test_the_teacher_itself_costs_nothing_and_another_network_does(teacher, distillation):
    batch = photograph(CUP)
    own = cells_of(teacher, batch)
    assert distillation(own, batch, GRID) < 1e-4
    for channel in (slice(0, 64), slice(64, 65), slice(65, 69)):
        other = own.clone()
        other[..., channel] = other[..., channel] * 1.5 + 0.5
        assert distillation(other, batch, GRID) > 0.05, channel


def test_an_object_of_no_class_of_coco_is_free_to_change(teacher, distillation):
    left = torch.zeros(21, dtype=torch.bool)
    left[:16] = torch.arange(16) % 4 < 2  # at stride 8; 16 has cells of both sides
    for noun, free in ((CUP, False), (WRENCH, True), (-1, True)):
        batch = photograph(noun)
        moved = cells_of(teacher, batch)
        moved[:, left] += 1.0
        assert bool(distillation(moved, batch, GRID) < 1e-4) is free, noun


def test_a_rendered_picture_tells_nothing(teacher, distillation):
    batch = photograph(CUP, complete=True)
    assert distillation(cells_of(teacher, batch) + 1, batch, GRID) == 0


def test_the_teacher_does_not_learn(distillation):
    assert not any(parameter.requires_grad for parameter in distillation.parameters())
