"""Mask distillation, by hand."""

from __future__ import annotations

import math

import pytest
import torch

from training.losses.mask_agreement import agreement, agreement_terms


def test_terms_by_hand():
    wanted = torch.tensor([[[0.0, 50.0]]])  # probabilities .5 and 1
    found = torch.tensor([[[0.0, 0.0]]])  # .5 and .5
    entropy, dice = agreement_terms(found, wanted)
    assert entropy.tolist() == pytest.approx([math.log(2)])
    # Products .25 + .5, sums 1 and 1.5.
    assert dice.tolist() == pytest.approx([1 - (2 * 0.75 + 1) / (1 + 1.5 + 1)])


def test_the_teachers_own_logits_are_the_best():
    wanted = torch.randn(2, 4, 4)
    found = wanted.clone().requires_grad_()
    agreement_terms(found, wanted)[0].sum().backward()
    assert found.grad is not None and float(found.grad.abs().max()) < 1e-6


def test_the_overlap_of_masks():
    wanted = torch.tensor([[[1.0, 1.0, -1.0]], [[-1.0, -1.0, -1.0]], [[-1.0, -1.0, -1.0]]])
    found = torch.tensor([[[1.0, -1.0, 1.0]], [[-1.0, -1.0, -1.0]], [[1.0, -1.0, -1.0]]])
    assert agreement(found, wanted).tolist() == pytest.approx([1 / 3, 1, 0])
