"""Losses: values by hand, and the directions they push in."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from training.data.batch import Batch
from training.losses.appearance import appearance_loss
from training.losses.boxes import Match, box_loss, match, overlap
from training.losses.dense import center_loss, dense_targets, semantic_loss
from training.losses.detection import score_loss, well_placed
from training.losses.ignored import (
    ignored_cells,
    ignored_queries,
    judged_phrases,
    unmasked_cells,
)
from training.losses.masks import mask_iou, mask_loss
from training.losses.owned_cells import owned_cells


def batch_of_two() -> Batch:
    """Return one image with a square top left and a square bottom right, asked three phrases."""
    masks = torch.zeros(2, 16, 16)
    masks[0, 0:8, 0:8] = 1
    masks[1, 8:16, 8:16] = 1
    return Batch(
        images=torch.zeros(1, 3, 32, 32),
        token_ids=torch.zeros(3, 4, dtype=torch.long),
        masks=masks,
        boxes=torch.tensor([[0.25, 0.25, 0.5, 0.5], [0.75, 0.75, 0.5, 0.5]]),
        places=torch.tensor([[0.25, 0.25], [0.75, 0.75]]),
        image_of=torch.zeros(2, dtype=torch.long),
        identity=torch.arange(2),
        noun=torch.tensor([1, 0]),
        color=torch.tensor([2, -1]),
        positive=torch.tensor([[True, True], [False, True], [False, False]]),
        exemplar=torch.full((3,), -1),
        masked=torch.ones(2, dtype=torch.bool),
        ignored=torch.zeros(3, 4, 4),
        complete=torch.ones(1, dtype=torch.bool),
    )


def test_matching_takes_the_nearest_box_and_breaks_ties_by_score():
    batch = batch_of_two()
    boxes = torch.tensor([[0.7, 0.7, 0.5, 0.5], [0.2, 0.2, 0.5, 0.5], [0.7, 0.7, 0.5, 0.5]])
    logits = torch.tensor([[0.0, 0.0, 3.0]]).expand(3, -1)
    found = match(logits, boxes.expand(3, -1, -1), batch.positive, batch.boxes)
    pairs = set(zip(found.phrase.tolist(), found.query.tolist(), found.instance.tolist()))
    assert pairs == {(0, 1, 0), (0, 2, 1), (1, 2, 1)}


def test_a_perfect_box_costs_nothing_and_a_shifted_one_five_times_its_shift():
    box = torch.tensor([[0.5, 0.5, 0.2, 0.2]])
    assert box_loss(box, box).item() == pytest.approx(0, abs=1e-5)
    assert box_loss(box + torch.tensor([[0.1, 0, 0, 0]]), box).item() > 0.5


def test_mask_loss_weighs_a_small_object_like_a_large_one():
    truth = torch.zeros(2, 64, 64)
    truth[0, :8, :8] = 1
    truth[1, :56, :56] = 1
    logits = torch.where(truth > 0, -4.0, -9.0)  # both missed entirely
    small, large = (mask_loss(logits[i : i + 1], truth[i : i + 1])[0].item() for i in (0, 1))
    assert small > 0.6 * large
    perfect = mask_loss((truth - 0.5) * 40, truth)
    assert perfect[0].item() < 0.01 and perfect[1].item() < 0.01
    assert mask_iou((truth - 0.5) * 40, truth).tolist() == [1, 1]


def test_dense_targets_peak_at_places_of_the_asked_concept_only():
    center, semantic = dense_targets(batch_of_two(), (4, 4))
    assert center[0].max() == 1 and (center[0] == 1).sum() == 2
    assert center[1, :2, :2].max() < 0.5 and center[1, 2:, 2:].max() == 1
    assert center[2].max() == 0 and semantic[2].max() == 0
    assert semantic[0, 0, 0] == 1 and semantic[1, 0, 0] == 0


def test_dense_losses_fall_when_the_maps_are_right():
    center, semantic = dense_targets(batch_of_two(), (4, 4))
    right, wrong = (center - 0.5) * 20, (0.5 - center) * 20
    assert center_loss(right, center) < 0.1 < center_loss(wrong, center)
    right, wrong = (semantic - 0.5) * 20, (0.5 - semantic) * 20
    assert semantic_loss(right, semantic) < 0.01 < semantic_loss(wrong, semantic)


def test_score_loss_punishes_a_confident_false_positive():
    batch = batch_of_two()
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


def test_overlap_is_the_iou_of_each_pair():
    boxes = torch.tensor([[0.25, 0.5, 0.5, 1.0], [0.5, 0.5, 0.2, 0.2]])
    truth = torch.tensor([[0.5, 0.5, 1.0, 1.0], [0.9, 0.9, 0.2, 0.2]])
    assert overlap(boxes, truth).tolist() == pytest.approx([0.5, 0.0])


def test_appearance_pulls_views_of_one_object_together():
    vectors = torch.eye(4)[[0, 0, 1, 1]]
    assert appearance_loss(vectors, torch.tensor([7, 7, 8, 8])) < 0.01
    assert appearance_loss(vectors, torch.tensor([7, 8, 7, 8])) > 5
    assert appearance_loss(vectors, torch.arange(4)) == 0, 'nothing to learn without partners'


def test_a_cell_belongs_to_whom_it_shows_and_a_thin_object_keeps_one():
    batch = batch_of_two()
    _, owner, background = owned_cells(batch, (4, 4))
    assert (owner == 0).sum() == 4 and (owner == 1).sum() == 4
    assert background.sum() == 8
    thin = torch.zeros_like(batch.masks)
    thin[0, 4, 4] = thin[1, 12, 12] = 1  # one pixel each: no cell is covered by half
    index, owner, _ = owned_cells(replace(batch, masks=thin), (4, 4))
    assert index.tolist() == [5, 15] and owner.tolist() == [0, 1]


def test_what_lies_in_an_ignored_region_costs_nothing():
    batch = batch_of_two()
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
    batch = batch_of_two()
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
    batch = replace(batch_of_two(), masked=torch.tensor([True, False]))
    cells = unmasked_cells(batch, (4, 4))
    assert cells[:, 2:, 2:].all(2).all(1).tolist() == [True, True, False]
    assert cells.sum() == 8


def test_the_background_of_an_image_that_is_not_known_completely_names_nothing():
    batch = replace(batch_of_two(), complete=torch.zeros(1, dtype=torch.bool))
    assert owned_cells(batch, (4, 4))[2].sum() == 0
