"""Which cells of an image show which instance, and which show nothing."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from training.data.batch import Batch

OBJECT_COVER = 0.5
BACKGROUND_COVER = 0.05
BACKGROUND_WEIGHT = 0.3
"""Of cells that show nothing, in losses that name what cells show."""


@torch.no_grad()
def owned_cells(batch: Batch, grid: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Give each cell to the instance that covers most of it, at least half.

    An instance too thin for that owns the cell at its place.

    Returns:
        int64 (M,) places of owned cells in the flattened (B, H, W) map, int64 (M,) rows of their
        instances, and bool (B * H * W,) cells of completely known images that no instance
        touches.
    """
    height, width = grid
    images, size = len(batch.images), height * width
    cover = F.adaptive_avg_pool2d(batch.masks[:, None], grid)[:, 0].flatten(1)
    x = (batch.places[:, 0] * width).long().clamp(max=width - 1)
    y = (batch.places[:, 1] * height).long().clamp(max=height - 1)
    own = cover.clone()
    own[torch.arange(len(own)), y * width + x] += 1.0
    best = own.new_full((images, size), OBJECT_COVER)
    owner = torch.full((images, size), -1, device=own.device)
    total = own.new_zeros(images, size)
    for row, image in enumerate(batch.image_of.tolist()):
        better = own[row] > best[image]
        best[image] = torch.where(better, own[row], best[image])
        owner[image] = torch.where(better, row, owner[image])
        total[image] += cover[row]
    flat = owner.flatten()
    index = (flat >= 0).nonzero()[:, 0]
    empty = (flat < 0) & (total.flatten() < BACKGROUND_COVER)
    return index, flat[index], empty & batch.complete.repeat_interleave(size)
