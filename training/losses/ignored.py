"""What a batch says nothing of: cells, queries and phrases that no loss may judge."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.layers.layers import grid_centers
from training.data.batch import Batch

IGNORED_SHARE = 0.5
"""Share of a cell that must be ignored for the cell to be."""


@torch.no_grad()
def ignored_cells(batch: Batch, grid: tuple[int, int]) -> Tensor:
    """Return bool (K, H, W): cells in which nobody knows whether the phrase is true."""
    if batch.ignored.shape[-2:] == grid:
        return batch.ignored > IGNORED_SHARE
    return F.adaptive_avg_pool2d(batch.ignored[:, None], grid)[:, 0] > IGNORED_SHARE


@torch.no_grad()
def unmasked_cells(batch: Batch, grid: tuple[int, int]) -> Tensor:
    """Return bool (K, H, W): cells in the boxes of positives of which no mask is known."""
    height, width = grid
    if batch.masked.all():
        return torch.zeros(len(batch.positive), *grid, dtype=torch.bool, device=batch.boxes.device)
    cells = grid_centers(height, width).to(batch.boxes.device)
    inside = ((cells[None] - batch.boxes[:, None, :2]).abs() <= batch.boxes[:, None, 2:] / 2).all(
        2
    )
    chosen = (batch.positive & ~batch.masked).float()
    return (chosen @ inside.float() > 0).unflatten(1, grid)


@torch.no_grad()
def ignored_queries(boxes: Tensor, ignored: Tensor) -> Tensor:
    """Return bool (K, Q): queries whose box has its middle in an ignored cell.

    Args:
        boxes: (K, Q, 4) cx, cy, w, h, each 0..1.
        ignored: float (K, H, W) as in ``Batch``.
    """
    height, width = ignored.shape[-2:]
    x = (boxes[..., 0] * width).long().clamp(0, width - 1)
    y = (boxes[..., 1] * height).long().clamp(0, height - 1)
    return ignored.flatten(1).gather(1, y * width + x) > IGNORED_SHARE


@torch.no_grad()
def judged_phrases(batch: Batch) -> Tensor:
    """Return bool (K,): phrases of which it is known whether anything answers them."""
    unsure = (batch.ignored > IGNORED_SHARE).flatten(1).any(1)
    return batch.positive.any(1) | ~unsure
