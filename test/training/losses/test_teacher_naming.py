"""Where nothing is labeled, the student's similarity follows what a detector predicts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from efficientsam3_ros.evaluation.anchor.coco_classes import COCO_CLASSES
from efficientsam3_ros.model.image.yolox.trunk import YoloxTrunk
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.data.vocabulary import Vocabulary, VocabularyConfig
from training.detector.config import SupervisedConfig
from training.detector.teachers import build_teacher
from training.losses.class_maps import ClassMaps, Found, best_predictions, class_maps
from training.losses.teacher_naming import TeacherNaming, unlabeled_cells
from training.losses.terms import weighted
from training.settings.reading import ConfigError

HEIGHT, WIDTH = 40, 72
GRID = (5, 9)
"""Of cells; odd, so that the grids at strides 16 and 32 round up."""
CELLS = 5 * 9, 3 * 5, 2 * 3
VOCABULARY = Vocabulary.of(VocabularyConfig('household'))
CUP, TABLE, BANANA = (COCO_CLASSES.index(name) for name in ('cup', 'dining table', 'banana'))


def logit(probability: float) -> Tensor:
    return torch.logit(torch.tensor(probability))


def one_prediction(cell: int, stride: int, side: float, kind: int) -> Tensor:
    """Return raw predictions of which one is likely: .8 * .75, a square around a cell's center."""
    raw = torch.full((1, sum(CELLS), 85), -12.0)
    raw[0, cell, :2] = 0.5
    raw[0, cell, 2:4] = torch.tensor(side / stride).log()
    raw[0, cell, 4], raw[0, cell, 5 + kind] = logit(0.8), logit(0.75)
    return raw


def maps_of(*found: tuple[tuple[float, ...], int, float]) -> ClassMaps:
    """Paint boxes (cx, cy, w, h in cells), classes and scores."""
    size = torch.tensor([9.0, 5.0, 9.0, 5.0])
    boxes = torch.stack([torch.tensor(box) / size for box, _, _ in found])
    classes = torch.tensor([[kind for _, kind, _ in found]])
    scores = torch.tensor([[score for _, _, score in found]])
    return class_maps(Found(boxes[None], classes, scores), GRID, (HEIGHT, WIDTH), 80)


def labeled_left() -> Batch:
    """Return an image with a mug on its two left columns of cells, the rest unlabeled."""
    masks = torch.zeros(1, HEIGHT // 2, WIDTH // 2)
    masks[0, :, :8] = 1
    return Batch(
        images=torch.zeros(1, 3, HEIGHT, WIDTH),
        token_ids=torch.zeros(1, 6, dtype=torch.long),
        masks=masks,
        boxes=torch.tensor([[1 / 9, 0.5, 2 / 9, 1.0]]),
        places=torch.tensor([[0.1, 0.5]]),
        image_of=torch.zeros(1, dtype=torch.long),
        identity=torch.zeros(1, dtype=torch.long),
        noun=torch.tensor([VOCABULARY.nouns.index('mug')]),
        color=torch.tensor([-1]),
        positive=torch.ones(1, 1, dtype=torch.bool),
        exemplar=torch.full((1,), -1),
        masked=torch.ones(1, dtype=torch.bool),
        ignored=torch.zeros(1, *GRID),
        complete=torch.zeros(1, dtype=torch.bool),
    )


@pytest.fixture(scope='module')
def naming() -> TeacherNaming:
    return TeacherNaming(YoloxTrunk(base=4), VOCABULARY, VOCABULARY.tokenizer(6))


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
    return NanoStudent(config)


@pytest.mark.parametrize(
    'cell, stride, row, column',
    [(2 * 9 + 4, 8, 2, 4), (45 + 1 * 5 + 2, 16, 2.5, 4.5), (60 + 0 * 3 + 1, 32, 1.5, 5.5)],
)
def test_the_middle_of_a_box_shows_its_class_and_its_border_is_left_open(
    cell, stride, row, column
):
    """The centers in cells of stride 8 are those of the predicting cells at each stride."""
    raw = one_prediction(cell, stride, 40.0, CUP)
    maps = class_maps(best_predictions(raw, HEIGHT, WIDTH), GRID, (HEIGHT, WIDTH), 80)
    y, x = torch.meshgrid(torch.arange(5.0), torch.arange(9.0), indexing='ij')
    away = torch.maximum((y - row).abs(), (x - column).abs())
    torch.testing.assert_close(maps.score[0, CUP], 0.6 * (away <= 1.5).float())
    assert torch.equal(maps.unsure[0, CUP], (away > 1.5) & (away <= 2.5))
    others = [kind for kind in range(80) if kind != CUP]
    assert not maps.score[0, others].any() and not maps.unsure[0, others].any()


def test_a_cell_keeps_its_best_score_and_the_smallest_thing_has_one_cell():
    maps = maps_of(((2.5, 2.5, 2, 2), CUP, 0.3), ((2.5, 2.5, 0.2, 0.2), CUP, 0.7))
    assert maps.score[0, CUP, 2, 2] == pytest.approx(0.7)
    maps = maps_of(((2.4, 2.7, 0.2, 0.2), CUP, 0.7), ((6.5, 2.5, 3, 3), CUP, 0.04))
    assert maps.score[0, CUP].nonzero().tolist() == [[2, 2]], 'the other is too unlikely'


def test_a_table_is_not_told_where_a_cup_stands_on_it():
    maps = maps_of(((4.5, 2.5, 9, 5), TABLE, 0.9), ((4.5, 2.5, 1, 1), CUP, 0.5))
    assert maps.score[0, CUP, 2, 4] == pytest.approx(0.5)
    assert maps.score[0, TABLE, 2, 4] == 0 and maps.unsure[0, TABLE, 2, 4]
    assert maps.score[0, TABLE, 2, 3] == pytest.approx(0.9)


def test_wider_nouns_are_true_but_never_absent_where_some_kinds_are_unknown(naming):
    target, known = naming.targets(maps_of(((4.5, 2.5, 1, 1), BANANA, 0.6)))
    cell, row = 2 * 9 + 4, naming.phrases.index
    assert target[row('banana'), cell] == target[row('fruit'), cell] == pytest.approx(0.6)
    assert known[row('banana'), 0] and known[row('fruit'), cell]
    assert not known[row('fruit'), 0], 'it may be a lemon'
    assert known[row('cup')].all() and not target[row('cup')].any()


def test_labeled_cells_and_known_images_are_left_to_the_truth(student, naming):
    batch = labeled_left()
    free = unlabeled_cells(batch, GRID)[0].reshape(GRID)
    assert not free[:, :2].any() and free[:, 2:].all()
    known = replace(batch, complete=torch.ones(1, dtype=torch.bool))
    assert not unlabeled_cells(known, GRID).any()
    assert naming(student, torch.zeros(1, 16, *GRID), known) == 0


def test_the_similarity_learns_what_the_teacher_sees(student, naming, monkeypatch):
    batch = labeled_left()
    maps = maps_of(((6.5, 2.5, 5, 5), CUP, 0.8), ((1, 2.5, 1, 1), BANANA, 0.9))
    monkeypatch.setattr(naming, 'seen', lambda images, grid: maps)
    level8 = torch.randn(1, 16, *GRID, generator=torch.Generator().manual_seed(1))
    parts = [*student.detector.similarity.parameters(), *student.text_encoder.parameters()]
    optimizer = torch.optim.Adam(parts, 0.05)
    costs = []
    for _ in range(25):
        optimizer.zero_grad()
        loss = naming(student, level8, batch)
        loss.backward()
        optimizer.step()
        costs.append(float(loss.detach()))
    assert costs[-1] < 0.3 * costs[0]
    ids = torch.from_numpy(VOCABULARY.tokenizer(6).encode(['cup', 'fork', 'banana']))
    with torch.no_grad():
        tokens = level8.flatten(2).transpose(1, 2)
        found = student.detector.similarity(tokens, *student.text_encoder(ids)).sigmoid()
    seen = found.reshape(3, *GRID)[:, 1:4, 5:8]
    assert seen[0].mean() == pytest.approx(0.8, abs=0.3)
    assert found[1:].mean() < 0.2, 'the banana is on labeled cells'


def test_the_teacher_reads_images_and_never_learns(naming):
    maps = naming.seen(torch.zeros(2, 3, HEIGHT, WIDTH), GRID)
    assert maps.score.shape == (2, 80, *GRID)
    naming.train()
    assert not any(p.requires_grad for p in naming.parameters())


@pytest.mark.parametrize(
    'student, weights, message',
    [
        ({'prompt_similarity': False}, 'y.onnx', 'prompt_similarity=true'),
        ({}, '', 'trunk_weights='),
        ({}, 'no.onnx', 'no.onnx'),
    ],
)
def test_what_the_teacher_lacks_is_named(student, weights, message):
    config = SupervisedConfig(student=NanoConfig(**student), trunk_weights=weights)
    assert build_teacher(config) is None
    wanted = replace(config, loss=replace(config.loss, teacher_naming=1.0))
    with pytest.raises(ConfigError if weights != 'no.onnx' else ValueError, match=message):
        build_teacher(wanted)


def test_a_term_without_weight_may_be_absent_and_no_other():
    weights = SupervisedConfig().loss
    terms = {name: torch.ones(()) for name in vars(weights) if name != 'teacher_naming'}
    assert weighted(terms, weights) == sum(vars(weights).values())
    with pytest.raises(KeyError):
        weighted(terms, replace(weights, teacher_naming=1.0))
