"""Where is clicked, against places that are counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from efficientsam3_ros.model.memory.prompts import (
    FIRST_CORNER,
    INSIDE,
    LAST_CORNER,
    NO_POINT,
    OUTSIDE,
    PromptCode,
)
from training.encoder.prompts.first import FirstPrompt
from training.memory.prompts.clicks import cells_of, correct, first_prompts
from training.memory.prompts.simulation import Interaction, PromptSimulation

EXACT = FirstPrompt(box_share=1.0, jitter=0.0)


def asked(by_box=False, seed=0, **changes) -> Interaction:
    simulation = PromptSimulation(points=1.0, first=EXACT, **changes)
    rng = np.random.default_rng(seed)
    return Interaction(simulation, PromptCode(4, False), by_box, frozenset([0]), rng)


def masks(*cells: tuple[slice, slice]) -> torch.Tensor:
    found = torch.zeros(len(cells), 4, 8)
    for mask, cell in zip(found, cells):
        mask[cell] = 1
    return found


ONE_CELL = (slice(1, 2), slice(5, 6))
NONE = (slice(0, 0), slice(0, 0))


def test_cells_are_those_that_are_half_covered_or_the_most_that_there_is():
    soft = torch.zeros(3, 2, 2)
    soft[0, 0] = torch.tensor([0.5, 0.4])
    soft[1, 1] = torch.tensor([0.1, 0.3])
    assert cells_of(soft).tolist() == [
        [[True, False], [False, False]],
        [[False, False], [False, True]],
        [[False, False], [False, False]],
    ]


def test_the_first_click_is_in_the_object():
    prompts = first_prompts(masks(ONE_CELL, NONE), asked())
    # The middle of column 5 of 8 and row 1 of 4.
    assert prompts.points[0].tolist() == [[5.5 / 8, 1.5 / 4]]
    assert prompts.labels.tolist() == [[INSIDE], [NO_POINT]]


def test_the_first_box_is_the_objects():
    prompts = first_prompts(masks((slice(1, 3), slice(2, 6)), NONE), asked(by_box=True))
    assert prompts.points[0].tolist() == [[2 / 8, 1 / 4], [6 / 8, 3 / 4]]
    assert prompts.labels.tolist() == [[FIRST_CORNER, LAST_CORNER], [NO_POINT] * 2]


@pytest.mark.parametrize(
    ('answer', 'label', 'place'),
    [
        (NONE, INSIDE, [5.5 / 8, 1.5 / 4]),
        ((slice(1, 2), slice(5, 7)), OUTSIDE, [6.5 / 8, 1.5 / 4]),
        (ONE_CELL, NO_POINT, None),
    ],
    ids=['missed', 'too much', 'right'],
)
def test_a_correction_says_what_is_wrong(answer, label, place):
    logits = masks(answer) - 0.5
    prompts = correct(None, logits, masks(ONE_CELL), asked(from_truth=0.0))
    assert prompts.labels.tolist() == [[label]]
    assert place is None or prompts.points[0, 0].tolist() == place
    assert torch.equal(prompts.mask, logits)


def test_corrections_follow_what_was_asked_before():
    plan = asked(from_truth=0.0)
    truth = masks(ONE_CELL, (slice(0, 4), slice(0, 4)))
    before = first_prompts(truth, plan)
    after = correct(before, torch.full((2, 4, 8), -1.0), truth, plan)
    assert torch.equal(after.points[:, :1], before.points)
    assert after.labels.tolist() == [[INSIDE, INSIDE]] * 2


def test_a_share_of_corrections_is_drawn_from_the_object_itself():
    right = masks(ONE_CELL) - 0.5
    labels = [
        int(correct(None, right, masks(ONE_CELL), asked(seed=n, from_truth=0.3)).labels)
        for n in range(400)
    ]
    # Where nothing is wrong, only these make a click.
    assert 0.24 < labels.count(INSIDE) / 400 < 0.36


def test_all_wrong_cells_are_drawn_alike():
    truth, answer = masks((slice(0, 1), slice(0, 4))), masks(NONE) - 0.5
    columns = [
        float(correct(None, answer, truth, asked(seed=n, from_truth=0)).points[0, 0, 0])
        for n in range(400)
    ]
    counts = [columns.count((column + 0.5) / 8) for column in range(4)]
    assert sum(counts) == 400 and min(counts) > 60


def test_batches_are_asked_as_often_as_published():
    simulation, code = PromptSimulation(points=0.5), PromptCode(4, False)
    rng = np.random.default_rng(0)
    drawn = [simulation.draw(8, code, rng) for _ in range(2000)]
    found = [each for each in drawn if each is not None]
    assert 0.45 < len(found) / 2000 < 0.55
    assert 0.45 < sum(each.by_box for each in found) / len(found) < 0.55
    assert {len(each.corrected) for each in found} == {1, 2}
    assert all(0 in each.corrected for each in found)
    assert {n for each in found for n in each.corrected} == set(range(8))
    assert 0.45 < sum(len(each.corrected) == 2 for each in found) / len(found) < 0.55


def test_by_default_nothing_is_asked():
    rng = np.random.default_rng(0)
    assert PromptSimulation().draw(8, PromptCode(4, False), rng) is None
    assert replace(PromptSimulation(), points=1.0).draw(8, None, rng) is None
    # A picture is always asked for, and corrected in its only frame.
    still = PromptSimulation(points=1e-9).draw(1, PromptCode(4, False), rng)
    assert still.corrected == {0}


def test_what_is_no_probability_is_refused():
    for changes, message in (
        ({'points': 1.5}, 'are probabilities'),
        ({'from_truth': -0.1}, 'are probabilities'),
        ({'clicks': -1}, '0 or more'),
        ({'frames': 0}, '1 or more'),
    ):
        with pytest.raises(ValueError, match=message):
            PromptSimulation(**changes)
