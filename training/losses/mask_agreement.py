"""Mask distillation: a student's masks against a teacher's probabilities."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def agreement_terms(found: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return cross-entropy and dice of each mask, two tensors (K,).

    Args:
        found: (K, h, w) logits of the student.
        wanted: (K, h, w) logits of the teacher, whose probabilities are the truth.
    """
    found, truth = found.float().flatten(1), wanted.float().sigmoid().flatten(1)
    entropy = F.binary_cross_entropy_with_logits(found, truth, reduction='none').mean(1)
    probability = found.sigmoid()
    both = (probability * truth).sum(1)
    dice = 1 - (2 * both + 1) / (probability.sum(1) + truth.sum(1) + 1)
    return entropy, dice


@torch.no_grad()
def agreement(found: Tensor, wanted: Tensor) -> Tensor:
    """Return the IoU (K,) of two stacks of mask logits (K, h, w), 1 where both are empty."""
    a, b = found.flatten(1) > 0, wanted.flatten(1) > 0
    either = (a | b).sum(1)
    return torch.where(either > 0, (a & b).sum(1) / either.clamp(min=1), 1.0)
