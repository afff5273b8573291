"""One-to-one assignment of queries to instances (DETR)."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.optimize import linear_sum_assignment
import torch
from torch import Tensor

from training.losses.boxes import box_cost


@dataclass(frozen=True)
class Match:
    """Matched pairs over all phrases.

    Attributes:
        phrase: int64 (M,) phrase row.
        query: int64 (M,) query of that phrase.
        instance: int64 (M,) instance row.
    """

    phrase: Tensor
    query: Tensor
    instance: Tensor


@torch.no_grad()
def match(logits: Tensor, boxes: Tensor, positive: Tensor, truth: Tensor) -> Match:
    """Assign by 2 (1 - score) + box cost.

    Args:
        logits: (K, Q).
        boxes: (K, Q, 4) cx, cy, w, h.
        positive: bool (K, G).
        truth: (G, 4).
    """
    pairs: list[tuple[int, int, int]] = []
    for phrase in positive.any(1).nonzero()[:, 0].tolist():
        rows = positive[phrase].nonzero()[:, 0]
        cost = (
            box_cost(boxes[phrase].float(), truth[rows])
            - 2 * logits[phrase].float().sigmoid()[:, None]
        )
        queries, columns = linear_sum_assignment(cost.cpu().numpy())
        pairs += [(phrase, int(q), int(rows[c])) for q, c in zip(queries, columns)]
    table = torch.tensor(pairs, dtype=torch.long, device=logits.device).reshape(-1, 3)
    return Match(table[:, 0], table[:, 1], table[:, 2])
