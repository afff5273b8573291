"""Losses of the dense maps that queries are picked from."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from efficientsam3_ros.model.layers.layers import grid_centers
from training.losses.boxes import box_loss


class Placed(Protocol):
    """What is known of the things of a batch: K phrases, G instances."""

    @property
    def places(self) -> Tensor:
        """Middle of each instance (G, 2), x and y in 0..1."""
        ...

    @property
    def boxes(self) -> Tensor:
        """Return (G, 4) cx, cy, w, h, each 0..1."""
        ...

    @property
    def masks(self) -> Tensor:
        """Return (G, h, w), the share of each cell that an instance covers."""
        ...

    @property
    def positive(self) -> Tensor:
        """Return bool (K, G), whether an instance answers a phrase."""
        ...


@torch.no_grad()
def dense_targets(batch: Placed, grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Draw the targets of each phrase on a grid, both (K, H, W).

    Returns:
        Centres, 1 at an instance's place, falling off as a Gaussian, and the share of each cell
        that the concept covers.
    """
    height, width = grid
    cells = grid_centers(height, width).to(batch.places.device)
    scale = batch.places.new_tensor([width, height])
    offset = (cells[None] - batch.places[:, None]) * scale
    size = (batch.boxes[:, 2:] * scale).amin(1, keepdim=True)
    sigma = (0.12 * size).clamp(0.6, 1.5)
    # The nearest cell centre is up to .7 cells away; it must still count as the peak itself.
    distance = (offset.norm(dim=-1) - 0.5).clamp(min=0)
    heat = torch.exp(-0.5 * (distance / sigma) ** 2)
    nearest = offset.norm(dim=-1).argmin(1)
    heat[torch.arange(len(heat)), nearest] = 1.0
    cover = covered(batch.masks, grid)
    chosen = batch.positive.to(heat.dtype)
    semantic = (chosen @ cover).clamp(max=1)
    center = heat.new_zeros(len(batch.positive), height * width)
    for phrase in batch.positive.any(1).nonzero()[:, 0]:
        center[phrase] = heat[batch.positive[phrase]].amax(0)
    return center.unflatten(1, grid), semantic.unflatten(1, grid)


def covered(masks: Tensor, grid: tuple[int, int]) -> Tensor:
    """Return the share (G, H*W) of each cell of a grid that each mask (G, h, w) covers."""
    if not len(masks):
        return masks.new_zeros(0, grid[0] * grid[1])
    return F.adaptive_avg_pool2d(masks, grid).flatten(1)


def center_loss(logits: Tensor, target: Tensor, ignored: Tensor | None = None) -> Tensor:
    """CenterNet's penalty-reduced focal loss (arXiv 1904.07850, eq. 1), per instance.

    Args:
        logits: (K, H, W).
        target: (K, H, W), 1 at places.
        ignored: Bool (K, H, W), cells that cost nothing unless they are places.
    """
    peak = target >= 1
    probability = logits.sigmoid().clamp(1e-4, 1 - 1e-4)
    hit = -((1 - probability) ** 2) * probability.log()
    miss = -((1 - target) ** 4) * probability**2 * (1 - probability).log()
    if ignored is not None:
        miss = miss.masked_fill(ignored, 0)
    return torch.where(peak, hit, miss).sum() / peak.sum().clamp(min=1)


def semantic_loss(logits: Tensor, target: Tensor, ignored: Tensor | None = None) -> Tensor:
    """Binary cross-entropy, mean over the covered area (at least one cell a phrase).

    Args:
        logits: (K, H, W).
        target: (K, H, W), share of each cell that the concept covers.
        ignored: Bool (K, H, W), cells that do not count.
    """
    loss = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    if ignored is not None:
        loss, target = loss.masked_fill(ignored, 0), target.masked_fill(ignored, 0)
    return loss.sum() / (target.sum() + len(target))


def dense_box_loss(dense_boxes: Tensor, batch: Placed) -> Tensor:
    """Box loss of the cell at each positive instance's place.

    Args:
        dense_boxes: (K, 4, H, W) predicted boxes.
        batch: The truth.
    """
    rows, columns = dense_boxes.shape[-2:]
    phrase, instance = batch.positive.nonzero(as_tuple=True)
    places = batch.places[instance]
    x = (places[:, 0] * columns).long().clamp(max=columns - 1)
    y = (places[:, 1] * rows).long().clamp(max=rows - 1)
    predicted = dense_boxes[phrase, :, y, x]
    return box_loss(predicted, batch.boxes[instance]) / max(1, len(phrase))
