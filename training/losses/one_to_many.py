"""Several queries a thing, for queries that do not attend to each other (DAC-DETR)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision.ops import box_iou

from efficientsam3_ros.model.detector.heads import AuxiliaryDetections
from training.losses.boxes import Match, box_loss, corners, overlap
from training.losses.detection import score_loss
from training.losses.terms import Terms

MANY = ('many_box', 'many_score')


@dataclass(frozen=True)
class OneToMany:
    """Which queries are matched to a thing; the defaults are those of SAM 3's training.

    A pair's quality is ``alpha * score + (1 - alpha) * IoU``.

    Attributes:
        top: Queries of a thing, at most: those of the highest quality.
        alpha: Share of the score in the quality.
        threshold: Quality that a pair must exceed; where none does, a thing has no query.
    """

    top: int = 4
    alpha: float = 0.3
    threshold: float = 0.4

    def __post_init__(self) -> None:
        if self.top < 1 or not (0 <= self.alpha <= 1 and 0 <= self.threshold < 1):
            raise ValueError(
                'Give one_to_many.top 1 or more, alpha 0 to 1, and a threshold from 0 to below 1.'
            )

    @torch.no_grad()
    def match(self, logits: Tensor, boxes: Tensor, positive: Tensor, truth: Tensor) -> Match:
        """Match; a query that would serve several things goes to the best one.

        Args:
            logits: (K, Q).
            boxes: (K, Q, 4) cx, cy, w, h.
            positive: bool (K, G).
            truth: (G, 4).
        """
        none = torch.zeros(0, dtype=torch.long, device=logits.device)
        pairs = [(none, none, none)]
        for phrase in positive.any(1).nonzero()[:, 0].tolist():
            rows = positive[phrase].nonzero()[:, 0]
            query, column = self._pairs(logits[phrase], boxes[phrase], truth[rows])
            pairs.append((torch.full_like(query, phrase), query, rows[column]))
        return Match(*(torch.cat(parts) for parts in zip(*pairs)))

    def _pairs(self, logits: Tensor, boxes: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        """Return queries (M,) in their order, and which of the things (M,) each has."""
        iou = box_iou(corners(boxes).float(), corners(truth).float())
        quality = self.alpha * logits.float().sigmoid()[:, None] + (1 - self.alpha) * iou
        best = quality.topk(min(self.top, len(quality)), 0).indices
        chosen = torch.zeros_like(quality, dtype=torch.bool).scatter_(0, best, True)
        chosen &= quality > self.threshold
        value, column = quality.masked_fill(~chosen, -1.0).max(1)
        query = (value >= 0).nonzero()[:, 0]
        return query, column[query]


def one_to_many_terms(
    found: AuxiliaryDetections, positive: Tensor, truth: Tensor, matching: OneToMany
) -> Terms:
    """Return the losses of boxes and of scores, means over pairs and layers.

    Args:
        found: Of K phrases about one picture; matched by the last layer.
        positive: bool (K, G), whether a thing answers a phrase.
        truth: (G, 4) boxes cx, cy, w, h, each 0..1.
        matching: How queries are matched.
    """
    pairs = matching.match(found.logits[-1], found.boxes[-1], positive, truth)
    wanted = truth[pairs.instance]
    matched = [layer[pairs.phrase, pairs.query] for layer in found.boxes]
    scores = [
        score_loss(logits, pairs, overlap(boxes.detach(), wanted))
        for logits, boxes in zip(found.logits, matched, strict=True)
    ]
    boxes = torch.stack([box_loss(layer, wanted) for layer in matched]).mean()
    return {
        'many_box': boxes / max(1, len(pairs.phrase)),
        'many_score': torch.stack(scores).mean(),
    }
