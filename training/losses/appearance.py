"""Contrastive loss that lets a tracker recognise an object again."""

from __future__ import annotations

import torch
from torch import Tensor


def appearance_loss(embeddings: Tensor, identity: Tensor, temperature: float = 0.1) -> Tensor:
    """Supervised contrastive loss (arXiv 2004.11362, eq. 2).

    Args:
        embeddings: (M, width), unit length.
        identity: int64 (M,), equal for the same physical object.
        temperature: Divides the cosine similarities.

    Returns:
        Mean over the rows that have a partner; 0 when none has.
    """
    same = identity[:, None] == identity[None]
    itself = torch.eye(len(identity), dtype=torch.bool, device=identity.device)
    partner = same & ~itself
    rows = partner.any(1)
    if not rows.any():
        return embeddings.sum() * 0
    logits = (embeddings @ embeddings.T / temperature).masked_fill(itself, -1e4)
    log_probability = logits.log_softmax(1)
    weight = partner[rows].float()
    return -((log_probability[rows] * weight).sum(1) / weight.sum(1)).mean()
