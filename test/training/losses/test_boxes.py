"""Boxes: which query is matched to which thing, and what a box costs."""

from __future__ import annotations

import pytest
import torch
from two_squares import two_squares

from training.losses.boxes import box_loss, match, overlap


def test_matching_takes_the_nearest_box_and_breaks_ties_by_score():
    batch = two_squares()
    boxes = torch.tensor([[0.7, 0.7, 0.5, 0.5], [0.2, 0.2, 0.5, 0.5], [0.7, 0.7, 0.5, 0.5]])
    logits = torch.tensor([[0.0, 0.0, 3.0]]).expand(3, -1)
    found = match(logits, boxes.expand(3, -1, -1), batch.positive, batch.boxes)
    pairs = set(zip(found.phrase.tolist(), found.query.tolist(), found.instance.tolist()))
    assert pairs == {(0, 1, 0), (0, 2, 1), (1, 2, 1)}


def test_a_perfect_box_costs_nothing_and_a_shifted_one_five_times_its_shift():
    box = torch.tensor([[0.5, 0.5, 0.2, 0.2]])
    assert box_loss(box, box).item() == pytest.approx(0, abs=1e-5)
    assert box_loss(box + torch.tensor([[0.1, 0, 0, 0]]), box).item() > 0.5


def test_overlap_is_the_iou_of_each_pair():
    boxes = torch.tensor([[0.25, 0.5, 0.5, 1.0], [0.5, 0.5, 0.2, 0.2]])
    truth = torch.tensor([[0.5, 0.5, 1.0, 1.0], [0.9, 0.9, 0.2, 0.2]])
    assert overlap(boxes, truth).tolist() == pytest.approx([0.5, 0.0])
