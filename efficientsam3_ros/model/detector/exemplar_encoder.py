"""Exemplars (boxes and points on the image) to prompt tokens, after SAM 3's geometry encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.layers.layers import Mlp, grid_centers, sine_code
from efficientsam3_ros.model.nano_config import NanoConfig


class ExemplarEncoder(nn.Module):
    """One token for each box and each point, from its place, its pixels and its label.

    A box is read at a fixed grid of places; SAM 3's encoder averages each cell instead.

    Args:
        config: Sizes of nano.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        width, bins = config.width, config.exemplar_bins
        self.norm = nn.LayerNorm(width)
        self.box_geometry = nn.Linear(4 * (width // 4), width)
        self.box_pixels = nn.Linear(width * bins * bins, width)
        self.point_geometry = nn.Linear(2 * (width // 2), width)
        self.point_pixels = nn.Linear(width, width)
        self.label = nn.Embedding(2, width)
        self.kind = nn.Embedding(2, width)
        self.mlp = Mlp(width, config.feedforward * width, width)
        self.out_norm = nn.LayerNorm(width)
        self.width = width
        self.bins: Tensor
        self.register_buffer('bins', grid_centers(bins, bins), persistent=False)

    def forward(
        self,
        level8: Tensor,
        boxes: Tensor,
        box_labels: Tensor,
        points: Tensor,
        point_labels: Tensor,
    ) -> Tensor:
        """Encode padded slots; the caller keeps their validity.

        Args:
            level8: (K or 1, width, H/8, W/8) image tokens.
            boxes: (K, E, 4) cx, cy, w, h, each 0..1 of the image.
            box_labels: int64 (K, E), 1 positive, 0 negative.
            points: (K, P, 2) x, y, each 0..1.
            point_labels: int64 (K, P).

        Returns:
            (K, E + P, width): boxes first, then points.
        """
        features = self.norm(level8.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        features = features.expand(boxes.shape[0], -1, -1, -1)
        corners = boxes[..., None, :2] + (self.bins - 0.5) * boxes[..., None, 2:]
        sampled = _sample(features, corners.flatten(1, 2)).unflatten(1, (boxes.shape[1], -1))
        box_tokens = self.box_geometry(sine_code(boxes, self.width // 4))
        box_tokens = box_tokens + self.box_pixels(sampled.flatten(2))
        box_tokens = box_tokens + self.label(box_labels) + self.kind.weight[0]
        point_tokens = self.point_geometry(sine_code(points, self.width // 2))
        point_tokens = point_tokens + self.point_pixels(_sample(features, points))
        point_tokens = point_tokens + self.label(point_labels) + self.kind.weight[1]
        tokens = torch.cat([box_tokens, point_tokens], 1)
        return self.out_norm(tokens + self.mlp(tokens))


def _sample(features: Tensor, places: Tensor) -> Tensor:
    """Bilinear samples (K, N, C) at places (K, N, 2) in 0..1."""
    grid = (places * 2 - 1)[:, :, None]
    out = F.grid_sample(features, grid, align_corners=False, padding_mode='border')
    return out[..., 0].transpose(1, 2)
