"""The whole supervised objective of the detector."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.nano_student import Detections, Detector
from training.data.batch import Batch
from training.losses.appearance import appearance_loss
from training.losses.boxes import Match, box_loss, match, overlap
from training.losses.dense import center_loss, dense_box_loss, dense_targets, semantic_loss
from training.losses.ignored import (
    ignored_cells,
    ignored_queries,
    judged_phrases,
    unmasked_cells,
)
from training.losses.masks import mask_iou, mask_loss
from training.losses.terms import Terms

MASK_OVERLAP = 0.5
"""IoU of its box with the truth from which a query learns a mask."""
_LEAST_SCORE = 0.05
"""What the score of a matched query shall be at least, however badly its box lies."""


@dataclass(frozen=True)
class LossWeights:
    """Factor of each term.

    Attributes:
        teacher_naming: What YOLOX finds, told to the similarity of a student with
            ``prompt_similarity``; 0 leaves the teacher out.
        evidence: All nouns at once, told to a student with ``class_evidence``.
        distillation: What YOLOX finds, kept in the layers of the trunk that learn; 0 leaves the
            teacher out.
    """

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
    teacher_naming: float = 0.0
    evidence: float = 0.0
    distillation: float = 0.0


def score_loss(
    logits: Tensor,
    found: Match,
    overlap: Tensor,
    ignored: Tensor | None = None,
    alpha: float = 0.4,
    gamma: float = 2.0,
) -> Tensor:
    """Quality focal loss (arXiv 2006.04388) over all queries, per matched query.

    Args:
        logits: (K, Q).
        found: Matched pairs.
        overlap: (M,) IoU of a matched box with the truth, which its score shall be.
        ignored: Bool (K, Q), queries that cost nothing unless they are matched.
        alpha: Weight of matched queries.
        gamma: Exponent of the error.
    """
    target = torch.zeros_like(logits)
    target[found.phrase, found.query] = overlap.clamp(min=_LEAST_SCORE).to(target.dtype)
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    wrong = (target - logits.sigmoid()).abs() ** gamma
    weight = torch.where(target > 0, alpha, 1 - alpha)
    if ignored is not None:
        weight = weight.masked_fill(ignored & (target == 0), 0)
    return (weight * wrong * entropy).sum() / max(1, len(found.phrase))


def well_placed(found: Match, overlap: Tensor, masked: Tensor) -> Match:
    """Return the pairs that learn a mask: it is known, and the box lies on its object.

    A query beside its object would only learn to draw nothing (Mask R-CNN, arXiv 1703.06870,
    learns from the same boxes).

    Args:
        found: Matched pairs.
        overlap: (M,) IoU of their boxes with the truth.
        masked: Bool (G,), whether an instance's mask is known.
    """
    return found.at(masked[found.instance] & (overlap >= MASK_OVERLAP))


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
    truth = batch.boxes[found.instance]
    matched = [layer[found.phrase, found.query] for layer in output.boxes]
    overlaps = [overlap(layer.detach(), truth) for layer in matched]
    boxes = [box_loss(layer, truth) for layer in matched]
    scores = [
        score_loss(logits, found, quality, ignored_queries(where, batch.ignored))
        for logits, quality, where in zip(output.logits, overlaps, output.boxes)
    ]
    drawn = well_placed(found, overlaps[-1], batch.masked)
    masks = matched_masks(detector, output, pixels, drawn, batch.phrases)
    target = batch.masks[drawn.instance]
    mask, dice = mask_loss(masks, target)
    center, semantic, dense_box = _dense(output, batch, pixels)
    presence, accuracy = _presence(output.presence, batch)
    embeddings = output.embeddings[found.phrase, found.query]
    return {
        'score': torch.stack(scores).mean(),
        'presence': presence,
        'box': torch.stack(boxes).mean() / max(1, len(found.phrase)),
        'mask': mask,
        'dice': dice,
        'center': center,
        'semantic': semantic,
        'dense_box': dense_box,
        'appearance': appearance_loss(embeddings, batch.identity[found.instance]),
        'naming': naming,
        'matched_iou': mask_iou(masks.detach(), target).sum() / max(1, len(drawn.phrase)),
        'presence_accuracy': accuracy,
    }


def _presence(logits: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return cross-entropy and accuracy over the phrases that can be judged."""
    judged, present = judged_phrases(batch), batch.positive.any(1)
    count = judged.sum().clamp(min=1)
    loss = F.binary_cross_entropy_with_logits(logits, present.float(), reduction='none')
    right = ((logits.detach() > 0) == present) & judged
    return loss.masked_fill(~judged, 0).sum() / count, right.sum() / count


def _dense(output: Detections, batch: Batch, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    start = output.start
    if start.center_logits is None or start.semantic_logits is None or start.dense_boxes is None:
        zero = pixels.new_zeros(())
        return zero, zero, zero
    grid = (start.center_logits.shape[1], start.center_logits.shape[2])
    center, semantic = dense_targets(batch, grid)
    ignored = ignored_cells(batch, grid)
    return (
        center_loss(start.center_logits, center, ignored),
        semantic_loss(start.semantic_logits, semantic, ignored | unmasked_cells(batch, grid)),
        dense_box_loss(start.dense_boxes, batch),
    )
