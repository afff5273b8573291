"""Which thing a cell shows."""

from __future__ import annotations

from dataclasses import replace

import torch
from two_squares import two_squares

from training.losses.owned_cells import owned_cells


def test_a_cell_belongs_to_whom_it_shows_and_a_thin_object_keeps_one():
    batch = two_squares()
    _, owner, background = owned_cells(batch, (4, 4))
    assert (owner == 0).sum() == 4 and (owner == 1).sum() == 4
    assert background.sum() == 8
    thin = torch.zeros_like(batch.masks)
    thin[0, 4, 4] = thin[1, 12, 12] = 1  # one pixel each: no cell is covered by half
    index, owner, _ = owned_cells(replace(batch, masks=thin), (4, 4))
    assert index.tolist() == [5, 15] and owner.tolist() == [0, 1]


def test_the_background_of_an_image_that_is_not_known_completely_names_nothing():
    batch = replace(two_squares(), complete=torch.zeros(1, dtype=torch.bool))
    assert owned_cells(batch, (4, 4))[2].sum() == 0
