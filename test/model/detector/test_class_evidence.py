"""The classes of YOLOX's head, asked by words: what it is compared with is the head itself."""

from __future__ import annotations

from dataclasses import replace
import math

import pytest
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.detector.class_evidence import ClassEvidence
from efficientsam3_ros.model.export.graph import GraphPlan, difference, write_graph
from efficientsam3_ros.model.image.yolox.head import decoded_boxes, level_grids
from efficientsam3_ros.model.image.yolox.trunk import HEAD_WIDTH, YoloxTrunk

CLASS = 3
GRID = (8, 11)
"""At stride 16 and 32 its sides round up."""


@pytest.fixture(scope='module')
def seen() -> tuple[YoloxTrunk, Tensor, Tensor]:
    """Return a trunk, its cells and its raw predictions for one image."""
    torch.manual_seed(0)
    trunk = YoloxTrunk(classes=5).eval()
    with torch.no_grad():
        for head in trunk.heads:
            # Random features are large, and sizes are exponentials.
            for layer in (head.box_prediction, head.objectness_prediction, head.class_prediction):
                layer.weight.mul_(1e-4)
        maps = trunk(torch.rand(1, 3, 64, 88) * 2 - 1)
        return trunk, trunk.cells(maps), trunk.predictions(maps)


def asking_for(trunk: YoloxTrunk, number: int) -> ClassEvidence:
    """Return evidence whose every prompt has the classifiers of a class of the source."""
    evidence = ClassEvidence(32, HEAD_WIDTH).eval()
    heads = [head.class_prediction for head in trunk.heads]
    whole = torch.tensor([math.log(math.e - 1)])  # objectness counts once
    rows = [torch.cat([h.weight[number, :, 0, 0], h.bias[[number]], whole]) for h in heads]
    with torch.no_grad():
        evidence.classifier.weight.zero_()
        evidence.classifier.bias.copy_(torch.cat(rows))
    return evidence


def asked(evidence: ClassEvidence, cells: Tensor, prompts: int = 1):
    torch.manual_seed(1)
    with torch.no_grad():
        return evidence(cells, torch.randn(prompts, 4, 32), torch.ones(prompts, 4), GRID)


def test_the_finest_level_says_what_the_head_predicts(seen):
    trunk, cells, raw = seen
    (height, width), *_ = level_grids(GRID)
    count = height * width
    coarse_silent = cells.clone()
    coarse_silent[:, count:, HEAD_WIDTH] = -50.0
    found = asked(asking_for(trunk, CLASS), coarse_silent)
    logits = raw[0, :count, [4, 5 + CLASS]]
    expected = logits.sigmoid().log().sum(-1)
    got = found.score.flatten() * 6 - 6
    torch.testing.assert_close(got, expected.clamp(min=-12), atol=1e-4, rtol=1e-4)
    boxes = decoded_boxes(raw, 64, 88)[:, :count]
    torch.testing.assert_close(found.boxes, boxes)


@pytest.mark.parametrize('level', [1, 2])
def test_the_surest_level_gives_score_and_box(seen, level):
    trunk, cells, raw = seen
    sizes = [height * width for height, width in level_grids(GRID)]
    begin = sum(sizes[:level])
    only = cells.clone()
    only[..., HEAD_WIDTH] = -50.0
    only[:, begin : begin + sizes[level], HEAD_WIDTH] = 0.0
    found = asked(asking_for(trunk, CLASS), only)
    _, width = level_grids(GRID)[level]
    stride = 2**level
    row, column = 5, 9
    cell = begin + row // stride * width + column // stride
    box = decoded_boxes(raw, 64, 88)[0, cell]
    torch.testing.assert_close(found.boxes[0].unflatten(0, GRID)[row, column], box)


def test_cells_that_all_prompts_share_give_the_same_as_copies_of_them(seen):
    _, cells, _ = seen
    evidence = ClassEvidence(32, HEAD_WIDTH).eval()
    shared, copied = (asked(evidence, x, 3) for x in (cells, cells.expand(3, -1, -1)))
    torch.testing.assert_close(shared.score, copied.score)
    torch.testing.assert_close(shared.boxes, copied.boxes)
    assert not torch.allclose(shared.score[0], shared.score[1]), 'prompts differ'


class Asked(nn.Module):
    """Evidence as a graph."""

    def __init__(self, evidence: ClassEvidence) -> None:
        super().__init__()
        self.evidence = evidence

    def forward(self, cells: Tensor, prompt: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        found = self.evidence(cells, prompt, mask, GRID)
        return found.score, found.boxes


class Cells(nn.Module):
    """The cells of an image as a graph."""

    def __init__(self, trunk: YoloxTrunk) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, image: Tensor) -> Tensor:
        return self.trunk.cells(self.trunk(image))


def test_as_a_graph_it_answers_the_same(seen, tmp_path):
    _, cells, _ = seen
    torch.manual_seed(1)
    inputs = {'cells': cells, 'prompt': torch.randn(2, 4, 32), 'mask': torch.ones(2, 4)}
    free = {name: {0: 'prompts'} for name in ('prompt', 'mask')}
    module = Asked(ClassEvidence(32, HEAD_WIDTH)).eval()
    plan = GraphPlan(module, inputs, ('score', 'boxes'), free)
    write_graph(plan, tmp_path / 'asked.onnx', {'prompts': 8})
    more = {name: torch.cat([value] * 2) for name, value in inputs.items() if name in free}
    assert difference(replace(plan, inputs=inputs | more), tmp_path / 'asked.onnx') <= 1e-5


def test_cells_of_which_nothing_is_seen_are_exact_as_a_graph(tmp_path):
    torch.manual_seed(0)
    trunk = YoloxTrunk(base=4, classes=5).eval()
    with torch.no_grad():
        for head in trunk.heads:
            head.box_prediction.weight.mul_(1e-4)
            head.objectness_prediction.weight.mul_(1e-4)
            head.objectness_prediction.bias.fill_(-25.0)
    plan = GraphPlan(Cells(trunk), {'image': torch.rand(1, 3, 32, 32)}, ('cells',), {})
    write_graph(plan, tmp_path / 'cells.onnx', {})
    assert difference(plan, tmp_path / 'cells.onnx') <= 1e-5


def test_tokens_that_do_not_count_change_nothing(seen):
    evidence = ClassEvidence(32, HEAD_WIDTH).eval()
    prompt, mask = torch.randn(2, 4, 32), torch.tensor([[1.0, 1, 1, 0]] * 2)
    other = prompt.clone()
    other[:, -1] = 99
    torch.testing.assert_close(evidence.weights(prompt, mask), evidence.weights(other, mask))
