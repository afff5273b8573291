"""Masks: small things count like large ones."""

from __future__ import annotations

import torch

from training.losses.masks import mask_iou, mask_loss


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
