"""Reading image features inside boxes, as roi_align (arXiv 1703.06870) places its samples."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

FIXED_SAMPLES = (2, 2)


def pool_boxes(
    features: Tensor, boxes: Tensor, bins: int, samples: tuple[int, int] = FIXED_SAMPLES
) -> Tensor:
    """Average a fixed number of samples in each cell of each box.

    Coordinates are not shifted by half a cell and a side measures at least one cell, as in SAM 3.

    Args:
        features: (K or 1, C, H, W).
        boxes: (K, E, 4) cx, cy, w, h, each 0..1 of the image.
        bins: Cells of a box, per side.
        samples: Samples of a cell, along y and along x.

    Returns:
        (K, E, C, bins, bins).
    """
    count, slots = boxes.shape[:2]
    height, width = int(features.shape[-2]), int(features.shape[-1])
    y = _places(boxes[..., 1], boxes[..., 3], height, bins * samples[0])
    x = _places(boxes[..., 0], boxes[..., 2], width, bins * samples[1])
    # grid_sample puts the first cell's centre at 1/H - 1, roi_align at coordinate 0.
    grid_y = ((2 * y + 1) / height - 1)[..., :, None].expand(-1, -1, -1, x.shape[-1])
    grid_x = ((2 * x + 1) / width - 1)[..., None, :].expand(-1, -1, y.shape[-1], -1)
    grid = torch.stack([grid_x, grid_y], -1).flatten(1, 2)
    sampled = F.grid_sample(
        features.expand(count, -1, -1, -1), grid, padding_mode='border', align_corners=False
    )
    inside = _inside(y, height)[..., :, None] * _inside(x, width)[..., None, :]
    sampled = F.avg_pool2d(sampled * inside.flatten(1, 2)[:, None], samples)
    return sampled.unflatten(2, (slots, bins)).transpose(1, 2)


def _places(center: Tensor, side: Tensor, cells: int, count: int) -> Tensor:
    """Evenly spread sample coordinates (K, E, count), in cells."""
    low = (center - side / 2) * cells
    step = (torch.arange(count, dtype=center.dtype, device=center.device) + 0.5) / count
    return low[..., None] + (side * cells).clamp(min=1)[..., None] * step


def _inside(place: Tensor, cells: int) -> Tensor:
    """1 up to one cell outside the map, 0 beyond: such samples count as zero."""
    return ((place >= -1) & (place <= cells)).to(place.dtype)
