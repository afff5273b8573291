"""Mask losses."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def mask_terms(logits: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy per covered cell, and dice, of each mask.

    Dividing by the instance's own area keeps small and thin objects as important as large ones.

    Args:
        logits: (M, h, w).
        truth: (M, h, w) soft masks 0..1.

    Returns:
        Two tensors (M,).
    """
    logits, truth = logits.flatten(1), truth.flatten(1)
    entropy = F.binary_cross_entropy_with_logits(logits, truth, reduction='none').sum(1)
    area = truth.sum(1)
    probability = logits.sigmoid()
    dice = 1 - (2 * (probability * truth).sum(1) + 1) / (probability.sum(1) + area + 1)
    return (entropy / (area + 20)).clamp(max=20), dice


def mask_loss(logits: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Return the means of :func:`mask_terms` over the masks; zeros without any."""
    if len(logits) == 0:
        return logits.sum(), logits.sum()
    entropy, dice = mask_terms(logits, truth)
    return entropy.mean(), dice.mean()


@torch.no_grad()
def mask_iou(logits: Tensor, truth: Tensor) -> Tensor:
    """IoU (M,) of thresholded masks."""
    a, b = logits.flatten(1) > 0, truth.flatten(1) > 0.5
    return (a & b).sum(1) / (a | b).sum(1).clamp(min=1)
