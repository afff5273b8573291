"""Boxes: one-to-one assignment of queries to instances (DETR), and the loss of the matched."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.optimize import linear_sum_assignment
import torch
from torch import Tensor
from torchvision.ops import box_iou, generalized_box_iou, generalized_box_iou_loss


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

    def at(self, rows: Tensor) -> Match:
        """Return some of the pairs, by a bool mask (M,)."""
        return Match(self.phrase[rows], self.query[rows], self.instance[rows])


@torch.no_grad()
def match(logits: Tensor, boxes: Tensor, positive: Tensor, truth: Tensor) -> Match:
    """Assign by 2 (1 - score) + 5 L1 - 2 GIoU.

    Args:
        logits: (K, Q).
        boxes: (K, Q, 4) cx, cy, w, h.
        positive: bool (K, G).
        truth: (G, 4).
    """
    pairs: list[tuple[int, int, int]] = []
    for phrase in positive.any(1).nonzero()[:, 0].tolist():
        rows = positive[phrase].nonzero()[:, 0]
        found, wanted = boxes[phrase].float(), truth[rows]
        giou = generalized_box_iou(corners(found), corners(wanted))
        cost = 5 * torch.cdist(found, wanted, p=1) - 2 * giou
        cost = cost - 2 * logits[phrase].float().sigmoid()[:, None]
        queries, columns = linear_sum_assignment(cost.cpu().numpy())
        pairs += [(phrase, int(q), int(rows[c])) for q, c in zip(queries, columns)]
    table = torch.tensor(pairs, dtype=torch.long, device=logits.device).reshape(-1, 3)
    return Match(table[:, 0], table[:, 1], table[:, 2])


def corners(boxes: Tensor) -> Tensor:
    """Turn (..., 4) cx, cy, w, h into x0, y0, x1, y1."""
    half = boxes[..., 2:] / 2
    return torch.cat([boxes[..., :2] - half, boxes[..., :2] + half], -1)


def box_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """5 L1 + 2 GIoU loss of matched (M, 4) boxes, summed."""
    giou = generalized_box_iou_loss(corners(predicted), corners(truth), reduction='sum')
    return 5 * (predicted - truth).abs().sum() + 2 * giou


def overlap(predicted: Tensor, truth: Tensor) -> Tensor:
    """Return the IoU (M,) of matched (M, 4) boxes."""
    return box_iou(corners(predicted).float(), corners(truth).float()).diagonal()
