"""Appearance: views of one thing come together."""

from __future__ import annotations

import torch

from training.losses.appearance import appearance_loss


def test_appearance_pulls_views_of_one_object_together():
    vectors = torch.eye(4)[[0, 0, 1, 1]]
    assert appearance_loss(vectors, torch.tensor([7, 7, 8, 8])) < 0.01
    assert appearance_loss(vectors, torch.tensor([7, 8, 7, 8])) > 5
    assert appearance_loss(vectors, torch.arange(4)) == 0, 'nothing to learn without partners'
