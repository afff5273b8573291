"""Feature distillation: how far a student's features are from a teacher's.

Means over channels, never sums, so that terms of maps with 256 and with 1024 channels weigh alike
and the cosine is not drowned; each channel is measured in its own deviation, so that a few loud
ones do not decide.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

QUIETEST = 0.01
"""Least variance of a channel, as a share of the mean over channels: a dead one has none."""


def feature_distance(found: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Compare feature vectors.

    Args:
        found: (N, C), the student's.
        wanted: (N, C), the teacher's.

    Returns:
        Squared error, the mean over vectors and channels, each channel divided by the teacher's
        variance over the vectors; and the mean of 1 - cosine. Zeros without any vector.
    """
    if not len(wanted):
        return found.sum(), found.sum()
    found, wanted = found.float(), wanted.float()
    variance = wanted.var(0, unbiased=False)
    variance = variance.clamp(min=max(QUIETEST * float(variance.mean()), 1e-8))
    error = ((found - wanted).square() / variance).mean()
    return error, (1 - F.cosine_similarity(found, wanted, dim=1)).mean()


def map_distance(
    found: Tensor, wanted: Tensor, valid: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Compare feature maps by :func:`feature_distance`.

    Args:
        found: (B, C, h, w), the student's.
        wanted: (B, C, H, W), the teacher's; averaged to the student's size where that is another.
        valid: Bool (B, h, w), cells that count; all where it is absent. SAM 3's preprocess pads
            nothing, so only pictures prepared in another way have cells that do not.
    """
    size = (int(found.shape[-2]), int(found.shape[-1]))
    if wanted.shape[-2:] != found.shape[-2:]:
        wanted = F.interpolate(wanted.float(), size, mode='area')
    rows = [x.permute(0, 2, 3, 1).flatten(0, 2) for x in (found, wanted)]
    if valid is not None:
        rows = [x[valid.flatten()] for x in rows]
    return feature_distance(*rows)


def token_distance(found: Tensor, wanted: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Compare prompt tokens by :func:`feature_distance`; pads do not count.

    Args:
        found: (K, T, C), the student's.
        wanted: (K, T, C), the teacher's.
        mask: (K, T), 1 = valid.
    """
    valid = mask.to(torch.bool)
    return feature_distance(found[valid], wanted[valid])
