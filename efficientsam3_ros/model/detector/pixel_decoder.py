"""SAM 3's mask head: a small feature pyramid and one dot product a query."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.layers.layers import Attention, Mlp

GROUPS = 8


class PixelDecoder(nn.Module):
    """Carry the coarsest map up to the finest one.

    Args:
        width: Channels of every level, a multiple of 8.
        steps: Number of doublings.
    """

    def __init__(self, width: int, steps: int = 2) -> None:
        super().__init__()
        self.conv_layers = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=1) for _ in range(steps)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, width) for _ in range(steps))

    def forward(self, x: Tensor, finer: tuple[Tensor, ...]) -> Tensor:
        """Return (K, width, h, w) at the size of the last of the finer levels.

        Args:
            x: Coarsest map (K, width, H, W).
            finer: (1 or K, width, 2H, 2W), then (1 or K, width, 4H, 4W).
        """
        for level, conv, norm in zip(finer, self.conv_layers, self.norms):
            size = (int(level.shape[-2]), int(level.shape[-1]))
            x = F.relu(norm(conv(level + F.interpolate(x, size=size, mode='nearest'))))
        return x


class PixelMaskHead(nn.Module):
    """Instance masks and the concept's map, from features that have read the prompt.

    Args:
        config: The detector.
    """

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        width = config.width
        self.prompt_cross_attn_norm = nn.LayerNorm(width)
        self.prompt_cross_attn = Attention(width, config.heads)
        self.pixel_decoder = PixelDecoder(width)
        self.mask_embedder = Mlp(width, width, width, width)
        self.instance_projection = nn.Conv2d(width, width, 1)
        self.semantic_projection = nn.Conv2d(width, 1, 1)

    def pixels(
        self, level_0: Tensor, level_1: Tensor, memory: Tensor, prompt: Tensor, bias: Tensor
    ) -> Tensor:
        """Return pixel features (K, width, 4H, 4W) that every mask is read from.

        Args:
            level_0: (1 or K, width, 4H, 4W).
            level_1: (1 or K, width, 2H, 2W).
            memory: Fused image tokens (K, H*W, width).
            prompt: Prompt tokens (K, L, width).
            bias: Additive bias of masked prompt tokens, (K, 1, 1, L).
        """
        read = self.prompt_cross_attn(self.prompt_cross_attn_norm(memory), prompt, prompt, bias)
        grid = (int(level_0.shape[-2]) // 4, int(level_0.shape[-1]) // 4)
        coarse = (memory + read).transpose(1, 2).unflatten(2, grid)
        return self.pixel_decoder(coarse, (level_1, level_0))

    def instances(self, queries: Tensor, pixels: Tensor) -> Tensor:
        """Return mask logits (K, Q, h, w) of queries (K, Q, width).

        The projection of the pixels is linear, so it moves onto the few queries.
        """
        embedding = self.mask_embedder(queries)
        folded = embedding @ self.instance_projection.weight.flatten(1)
        assert self.instance_projection.bias is not None
        offset = embedding @ self.instance_projection.bias
        masks = torch.matmul(folded, pixels.flatten(2)) + offset[..., None]
        return masks.unflatten(2, (int(pixels.shape[-2]), int(pixels.shape[-1])))
