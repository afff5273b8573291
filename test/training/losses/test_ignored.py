"""What nobody labeled costs nothing."""

from __future__ import annotations

from dataclasses import replace

import torch
from two_squares import two_squares

from training.losses.boxes import match
from training.losses.dense import center_loss, dense_targets, semantic_loss
from training.losses.detection import score_loss
from training.losses.ignored import ignored_cells, ignored_queries, judged_phrases, unmasked_cells


def test_what_lies_in_an_ignored_region_costs_nothing():
    batch = two_squares()
    batch.ignored[2, :, 2:] = 1  # the right half, of the third phrase
    cells = ignored_cells(batch, (4, 4))
    center, semantic = dense_targets(batch, (4, 4))
    logits = torch.full((3, 4, 4), -9.0)
    logits[2, 0, 3] = 5.0
    hit = float(center_loss(logits, center, cells))
    assert float(center_loss(logits, center)) > hit + 1
    assert float(semantic_loss(logits, semantic)) > float(semantic_loss(logits, semantic, cells))
    assert ignored_cells(batch, (2, 2))[2].tolist() == [[False, True], [False, True]]
    assert judged_phrases(batch).tolist() == [True, True, False]


def test_a_query_in_an_ignored_region_is_no_false_positive_but_a_matched_one_counts():
    batch = two_squares()
    batch.ignored[:, :2, :2] = 1
    boxes = torch.tensor([[0.25, 0.25, 0.5, 0.5], [0.75, 0.75, 0.5, 0.5]]).expand(3, -1, -1)
    ignored = ignored_queries(boxes, batch.ignored)
    assert ignored.tolist() == [[True, False]] * 3
    logits = torch.tensor([[9.0, 9.0], [9.0, 9.0], [9.0, -9.0]])
    found = match(logits, boxes, batch.positive, batch.boxes)
    sure = torch.ones(len(found.phrase))
    assert score_loss(logits, found, sure, ignored) < 0.01 < score_loss(logits, found, sure)
    missed = torch.tensor([[-9.0, 9.0], [9.0, 9.0], [9.0, -9.0]])
    assert score_loss(missed, found, sure, ignored) > 0.5


def test_the_inside_of_a_box_without_mask_is_neither_covered_nor_empty():
    batch = replace(two_squares(), masked=torch.tensor([True, False]))
    cells = unmasked_cells(batch, (4, 4))
    assert cells[:, 2:, 2:].all(2).all(1).tolist() == [True, True, False]
    assert cells.sum() == 8
