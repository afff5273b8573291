"""The whole supervised objective of the detector."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.nano_student import Detections, Detector
from training.data.batch import Batch
from training.losses.appearance import appearance_loss
from training.losses.boxes import Match, box_loss, match
from training.losses.dense import center_loss, dense_box_loss, dense_targets, semantic_loss
from training.losses.masks import mask_iou, mask_loss
from training.losses.terms import Terms


@dataclass(frozen=True)
class LossWeights:
    """Factor of each term."""

    score: float = 2.0
    presence: float = 1.5
    box: float = 0.5
    mask: float = 1.0
    dice: float = 3.0
    center: float = 1.0
    semantic: float = 0.5
    dense_box: float = 0.3
    appearance: float = 0.2
    naming: float = 0.3


def score_loss(logits: Tensor, found: Match, alpha: float = 0.4, gamma: float = 2.0) -> Tensor:
    """Sigmoid focal loss (arXiv 1708.02002) over all queries, per matched query."""
    target = torch.zeros_like(logits)
    target[found.phrase, found.query] = 1
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    wrong = (target - logits.sigmoid()).abs() ** gamma
    weight = torch.where(target > 0, alpha, 1 - alpha)
    return (weight * wrong * entropy).sum() / max(1, len(found.phrase))


def matched_masks(
    detector: Detector, output: Detections, pixels: Tensor, found: Match, phrases: int
) -> Tensor:
    """Mask logits (M, h, w) of matched queries only, one product for each image."""
    image = found.phrase // phrases
    queries = output.queries[found.phrase, found.query]
    boxes = output.boxes[-1][found.phrase, found.query]
    counts = image.bincount(minlength=len(pixels)).tolist()
    # Matches are ordered by phrase, hence by image.
    parts = zip(queries.split(counts), boxes.split(counts), pixels)
    masks = [detector.mask_head(q[None], b[None], p[None])[0] for q, b, p in parts if len(q)]
    return torch.cat(masks) if masks else pixels.sum() * pixels.new_zeros(0, *pixels.shape[-2:])


def detection_loss(
    detector: Detector, output: Detections, pixels: Tensor, naming: Tensor, batch: Batch
) -> Terms:
    """Compute every term, and two training metrics.

    Args:
        detector: For its mask head.
        output: Of ``Detector.detect`` for all phrases of the batch.
        pixels: (B, C, H/2, W/2) pixel embeddings.
        naming: Loss of the auxiliary classifiers.
        batch: The truth.
    """
    found = match(output.logits[-1], output.boxes[-1], batch.positive, batch.boxes)
    present = batch.positive.any(1)
    truth = batch.boxes[found.instance]
    count = max(1, len(found.phrase))
    boxes = [box_loss(b[found.phrase, found.query], truth) for b in output.boxes]
    masks = matched_masks(detector, output, pixels, found, batch.phrases)
    target = batch.masks[found.instance]
    mask, dice = mask_loss(masks, target)
    center, semantic, dense_box = _dense(output, batch, pixels)
    embeddings = output.embeddings[found.phrase, found.query]
    return {
        'score': torch.stack([score_loss(x, found) for x in output.logits]).mean(),
        'presence': F.binary_cross_entropy_with_logits(output.presence, present.float()),
        'box': torch.stack(boxes).mean() / count,
        'mask': mask,
        'dice': dice,
        'center': center,
        'semantic': semantic,
        'dense_box': dense_box,
        'appearance': appearance_loss(embeddings, batch.identity[found.instance]),
        'naming': naming,
        'matched_iou': mask_iou(masks.detach(), target).sum() / count,
        'presence_accuracy': ((output.presence.detach() > 0) == present).float().mean(),
    }


def _dense(output: Detections, batch: Batch, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    start = output.start
    if start.center_logits is None or start.semantic_logits is None or start.dense_boxes is None:
        zero = pixels.new_zeros(())
        return zero, zero, zero
    grid = (start.center_logits.shape[1], start.center_logits.shape[2])
    center, semantic = dense_targets(batch, grid)
    return (
        center_loss(start.center_logits, center),
        semantic_loss(start.semantic_logits, semantic),
        dense_box_loss(start.dense_boxes, batch),
    )
