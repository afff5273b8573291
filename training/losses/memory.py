"""The objective of the video memory, one frame at a time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses
from training.losses.masks import mask_iou, mask_terms
from training.losses.terms import LossTerms

_OTHERS_SHARE = 0.1
"""Keeps hypotheses alive that are never the best."""


@dataclass(frozen=True)
class MemoryLossWeights:
    """Factor of each term.

    EdgeTAM (arXiv 2501.07256, table 5) weighs focal 20 : dice 1 : quality 1 : visibility 1 and
    distillation 1; here the first term is a cross-entropy divided by the object's area, which
    suits masks of a few dozen cells.
    """

    mask: float = 1.0
    dice: float = 2.0
    quality: float = 1.0
    object: float = 1.0
    features: float = 1.0
    agreement: float = 1.0


@dataclass(frozen=True)
class MemoryLoss(LossTerms):
    """Unweighted terms and training metrics; every field is a scalar tensor.

    Attributes:
        mask: Cross-entropy of the best hypothesis of visible objects, and a little of the others'.
        dice: Dice loss, likewise.
        quality: Cross-entropy of every hypothesis's predicted quality with its real IoU. (With
            EdgeTAM's L1 distance the sigmoid saturates at 0 while masks are still bad.)
        object: Cross-entropy of visibility.
        features: MSE to the teacher's frame after it has read its memory; 0 without a teacher.
        agreement: Cross-entropy with the teacher's mask; 0 without a teacher.
        iou: Metric: IoU of the hypothesis that is predicted to be best.
        object_accuracy: Metric: share of right visibilities.
    """

    mask: Tensor
    dice: Tensor
    quality: Tensor
    object: Tensor
    features: Tensor
    agreement: Tensor
    iou: Tensor
    object_accuracy: Tensor


def memory_loss(
    found: Hypotheses,
    truth: Tensor,
    visible: Tensor,
    absent: Tensor,
    teacher: Hypotheses | None = None,
) -> MemoryLoss:
    """Score one frame of N objects; absent ones teach visibility only.

    Args:
        found: What the step says.
        truth: (N, h, w) soft masks 0..1.
        visible: Bool (N,).
        absent: Bool (N,); an object that is neither teaches nothing.
        teacher: What a dense memory says of the same frame and objects.
    """
    seen = visible.nonzero()[:, 0]
    count, hypotheses = len(seen), found.mask_logits.shape[1]
    logits, target = found.mask_logits[seen], truth[seen]
    entropy, dice = mask_terms(logits.flatten(0, 1), target.repeat_interleave(hypotheses, 0))
    entropy, dice = entropy.view(count, hypotheses), dice.view(count, hypotheses)
    best = (entropy + 2 * dice).argmin(1, keepdim=True)
    real = mask_iou(logits.flatten(0, 1), target.repeat_interleave(hypotheses, 0))
    real = real.view(count, hypotheses)
    chosen = found.qualities[seen].argmax(1, keepdim=True)
    share = 1 / max(1, count)
    features, agreement = _distillation(found, teacher, seen, best)
    return MemoryLoss(
        mask=_best_first(entropy, best) * share,
        dice=_best_first(dice, best) * share,
        quality=_quality(found.qualities[seen], real) * share,
        object=_visibility(found.object_logits, visible, absent),
        features=features,
        agreement=agreement,
        iou=real.gather(1, chosen).sum() * share,
        object_accuracy=_accuracy(found.object_logits.detach(), visible, absent),
    )


def _best_first(terms: Tensor, best: Tensor) -> Tensor:
    """Sum (N, H) over the best hypothesis of each object, the others with a small weight."""
    return terms.gather(1, best).sum() + _OTHERS_SHARE * terms.mean(1).sum()


def _quality(predicted: Tensor, real: Tensor) -> Tensor:
    predicted = predicted.clamp(1e-4, 1 - 1e-4)
    return F.binary_cross_entropy(predicted, real, reduction='none').mean(1).sum()


def _visibility(logits: Tensor, visible: Tensor, absent: Tensor) -> Tensor:
    loss = F.binary_cross_entropy_with_logits(logits, visible.to(logits.dtype), reduction='none')
    judged = (visible | absent).to(logits.dtype)
    return (loss * judged).sum() / judged.sum().clamp(min=1)


def _accuracy(logits: Tensor, visible: Tensor, absent: Tensor) -> Tensor:
    judged = visible | absent
    right = ((logits > 0) == visible) & judged
    return right.sum() / judged.sum().clamp(min=1)


def _distillation(
    found: Hypotheses, teacher: Hypotheses | None, seen: Tensor, best: Tensor
) -> tuple[Tensor, Tensor]:
    if teacher is None or len(seen) == 0:
        zero = found.object_logits.sum() * 0
        return zero, zero
    features = F.mse_loss(found.conditioned, teacher.conditioned)
    rows = torch.arange(len(seen), device=seen.device)
    choice = teacher.qualities[seen].argmax(1)
    target = teacher.mask_logits[seen][rows, choice].sigmoid()
    mine = found.mask_logits[seen][rows, best[:, 0]]
    return features, mask_terms(mine, target)[0].mean()
