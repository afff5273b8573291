"""The objective of the video memory, one frame at a time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.memory.tracking_graphs import Hypotheses
from training.losses.masks import mask_iou, mask_terms
from training.losses.terms import Terms

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


def memory_loss(
    found: Hypotheses,
    truth: Tensor,
    visible: Tensor,
    absent: Tensor,
    teacher: Hypotheses | None = None,
) -> Terms:
    """Score one frame of N objects; absent ones teach visibility only.

    Args:
        found: What the step says.
        truth: (N, h, w) soft masks 0..1.
        visible: Bool (N,).
        absent: Bool (N,); an object that is neither teaches nothing.
        teacher: What a dense memory says of the same frame and objects.

    Returns:
        ``mask`` and ``dice`` of the best hypothesis of visible objects, and a little of the
        others'; ``quality``, cross-entropy of every hypothesis's predicted quality with its real
        IoU (with EdgeTAM's L1 distance the sigmoid saturates at 0 while masks are still bad);
        ``object``, cross-entropy of visibility; ``features``, MSE to the teacher's frame after it
        has read its memory, and ``agreement``, cross-entropy with the teacher's mask, both 0
        without a teacher. Metrics: ``iou`` of the hypothesis that is predicted to be best, and
        ``object_accuracy``, share of right visibilities.
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
    predicted = found.qualities[seen].clamp(1e-4, 1 - 1e-4)
    quality = F.binary_cross_entropy(predicted, real, reduction='none').mean(1).sum()
    share = 1 / max(1, count)
    features, agreement = _distillation(found, teacher, seen, best)
    visibility, accuracy = _visibility(found.object_logits, visible, visible | absent)
    return {
        'mask': _best_first(entropy, best) * share,
        'dice': _best_first(dice, best) * share,
        'quality': quality * share,
        'object': visibility,
        'features': features,
        'agreement': agreement,
        'iou': real.gather(1, chosen).sum() * share,
        'object_accuracy': accuracy,
    }


def _best_first(terms: Tensor, best: Tensor) -> Tensor:
    """Sum (N, H) over the best hypothesis of each object, the others with a small weight."""
    return terms.gather(1, best).sum() + _OTHERS_SHARE * terms.mean(1).sum()


def _visibility(logits: Tensor, visible: Tensor, judged: Tensor) -> tuple[Tensor, Tensor]:
    """Return cross-entropy and accuracy over the judged objects."""
    loss = F.binary_cross_entropy_with_logits(logits, visible.to(logits.dtype), reduction='none')
    count = judged.sum().clamp(min=1)
    right = ((logits > 0) == visible) & judged
    return (loss * judged.to(logits.dtype)).sum() / count, right.sum() / count


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
