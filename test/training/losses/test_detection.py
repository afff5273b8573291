"""Scores: what a false positive costs, and what a matched query learns."""

from __future__ import annotations

import torch
from two_squares import two_squares

from training.losses.boxes import Match, match
from training.losses.detection import score_loss, well_placed


def test_score_loss_punishes_a_confident_false_positive():
    batch = two_squares()
    boxes = torch.tensor([[0.25, 0.25, 0.5, 0.5], [0.75, 0.75, 0.5, 0.5]]).expand(3, -1, -1)
    good = torch.tensor([[5.0, 5.0], [-5.0, 5.0], [-5.0, -5.0]])
    found = match(good, boxes, batch.positive, batch.boxes)
    bad = good.clone()
    bad[2, 0] = 5.0
    sure = torch.ones(len(found.phrase))
    assert score_loss(bad, found, sure) > score_loss(good, found, sure) + 0.5


def test_a_score_learns_how_well_the_box_lies():
    found = Match(*(torch.tensor([row]) for row in (0, 1, 0)))
    half, nothing = torch.tensor([0.5]), torch.tensor([0.0])
    logits = torch.tensor([[-9.0, 0.0]])
    assert score_loss(logits, found, half) < 1e-4
    over, under = torch.tensor([[-9.0, 3.0]]), torch.tensor([[-9.0, -3.0]])
    assert min(score_loss(x, found, half) for x in (over, under)) > 0.05
    low = torch.tensor([[-9.0, -3.0]])
    assert score_loss(low, found, nothing) < 1e-3, 'a match without overlap stays found, barely'


def test_only_a_query_whose_box_lies_on_its_object_learns_to_draw_it():
    found = Match(torch.arange(3), torch.zeros(3, dtype=torch.long), torch.arange(3))
    masked = torch.tensor([True, True, False])
    drawn = well_placed(found, torch.tensor([0.6, 0.4, 0.9]), masked)
    assert drawn.instance.tolist() == [0]
