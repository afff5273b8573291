"""Maps at the size that a memory works at."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def resized(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Interpolate a map (B, C, H, W) to ``size``, rows and columns; as it is if it has them."""
    if (int(x.shape[-2]), int(x.shape[-1])) == size:
        return x
    return F.interpolate(x, size, mode='bilinear', align_corners=False)
