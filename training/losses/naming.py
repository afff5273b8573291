"""Auxiliary: every cell of an object names its noun and its colour.

A batch asks each picture a handful of phrases, which says little about the other objects in it.
Naming all of them at once is cheap, and separates look-alikes early. The two linear heads serve
training only and are not exported.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch

OBJECT_COVER = 0.5
BACKGROUND_COVER = 0.05
BACKGROUND_WEIGHT = 0.3


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


class Naming(nn.Module):
    """Linear noun and colour classifiers on the image tokens; the last class is "nothing".

    Args:
        width: Channels of the tokens.
        nouns: Number of nouns.
        colors: Number of colours.
    """

    def __init__(self, width: int, nouns: int, colors: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.noun = nn.Linear(width, nouns + 1)
        self.color = nn.Linear(width, colors + 1)

    def forward(self, student: NanoStudent, level8: Tensor, batch: Batch) -> Tensor:
        """Return the mean cross-entropy; every instance weighs the same, whatever its size.

        Args:
            student: Not used; see ``PromptNaming``.
            level8: (B, width, H, W) image tokens.
            batch: The truth.
        """
        grid = (int(level8.shape[-2]), int(level8.shape[-1]))
        index, owner, background = owned_cells(batch, grid)
        tokens = self.norm(level8.permute(0, 2, 3, 1).flatten(0, 2))
        count = owner.bincount(minlength=len(batch.masks)).clamp(min=1)
        share = 1.0 / count[owner]
        loss = level8.new_zeros(())
        for head, truth in ((self.noun, batch.noun), (self.color, batch.color)):
            named = F.cross_entropy(
                head(tokens[index]), truth[owner], ignore_index=-1, reduction='none'
            )
            nothing = head(tokens[background])
            target = torch.full((len(nothing),), head.out_features - 1, device=nothing.device)
            empty = F.cross_entropy(nothing, target, reduction='sum') / max(1, len(nothing))
            loss = loss + (named * share).sum() / max(1, len(batch.masks))
            loss = loss + BACKGROUND_WEIGHT * empty
        return loss
