"""Distillation of what a detector answers: which queries count, and whether anything is there."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def score_distance(found: Tensor, wanted: Tensor, gamma: float = 2.0) -> Tensor:
    """Quality focal loss (arXiv 2006.04388) with the teacher's probabilities as targets.

    Zero where both agree. The sum over queries, per answer that the teacher gives: hundreds of
    queries say no, and their mean would say nothing of the few that say yes.

    Args:
        found: (K, Q) logits of the student.
        wanted: (K, Q) logits of the teacher, of the same queries.
        gamma: Exponent of the error.
    """
    found, target = found.float(), wanted.float().sigmoid()
    entropy = F.binary_cross_entropy_with_logits(found, target, reduction='none')
    wrong = (target - found.sigmoid()).abs() ** gamma
    return (wrong * entropy).sum() / target.sum().clamp(min=1)


def presence_distance(found: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean divergence (Kullback-Leibler) from the teacher's presence, 0 at agreement.

    Args:
        found: (K,) logits of the student.
        wanted: (K,) logits of the teacher.
    """
    if not len(found):
        return found.sum()
    wanted = wanted.float()
    target = wanted.sigmoid()
    least = F.binary_cross_entropy_with_logits(wanted, target)
    return F.binary_cross_entropy_with_logits(found.float(), target) - least


@torch.no_grad()
def presence_agreement(found: Tensor, wanted: Tensor) -> Tensor:
    """Return the share of phrases of which both say the same; 0 of none."""
    return ((found > 0) == (wanted > 0)).float().sum() / max(1, len(found))
