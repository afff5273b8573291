"""Memory encoder: what a frame looks like and where an object was in it, as one map."""

from __future__ import annotations

import math

from timm.layers import LayerNorm2d
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.layers.pointwise import Pointwise
from efficientsam3_ros.model.memory.config import MemoryConfig

# SAM 3 stretches mask probabilities to -10..10 before it encodes them.
_SCALE, _OFFSET = 20.0, -10.0
_EPS = 1e-6
_LAYER_SCALE = 0.1


class MemoryEncoder(nn.Module):
    """Join image level 2 with the mask of each object (SAM 3, public repository).

    Args:
        config: The memory.
    """

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        self.upsampling = config.mask_upsampling
        self.mask_downsampler = MaskDownsampler(
            config.width, config.decoder.scale * config.mask_upsampling
        )
        self.feature_proj = Pointwise(config.width, config.width)
        self.fuser = nn.Sequential(
            *(FuserBlock(config.width, config.fuser_expansion) for _ in range(config.fuser_layers))
        )
        self.out_proj = nn.Conv2d(config.width, config.memory_width, 1)
        # Marks the memory of a frame in which the object is hidden or gone.
        self.occlusion = nn.Parameter(torch.zeros(1, config.memory_width))
        nn.init.trunc_normal_(self.occlusion, std=0.02)

    def forward(self, level_2: Tensor, mask_logits: Tensor, object_score: Tensor) -> Tensor:
        """Encode.

        Args:
            level_2: (1 or N, width, rows, columns).
            mask_logits: (N, h, w).
            object_score: (N,) probability that the object is visible; the mask of one below a
                half counts as empty.

        Returns:
            (N, memory_width, rows, columns).
        """
        visible = (object_score > 0.5).to(level_2.dtype)[:, None, None, None]
        masks = mask_logits[:, None]
        if self.upsampling > 1:
            masks = F.interpolate(
                masks, scale_factor=float(self.upsampling), mode='bilinear', align_corners=False
            )
        masks = self.mask_downsampler(masks.sigmoid() * visible * _SCALE + _OFFSET)
        memory = self.out_proj(self.fuser(self.feature_proj(level_2) + masks))
        return memory + (1 - visible) * self.occlusion[..., None, None]


class MaskDownsampler(nn.Sequential):
    """Halve a mask (N, 1, h, w) until it has the size of the map.

    Args:
        width: Channels of the result.
        factor: Mask cells for one cell of the map, per side; a power of 2.
    """

    def __init__(self, width: int, factor: int) -> None:
        layers: list[nn.Module] = []
        channels = 1
        for _ in range(int(math.log2(factor))):
            layers += [
                nn.Conv2d(channels, 4 * channels, 3, stride=2, padding=1),
                LayerNorm2d(4 * channels, eps=_EPS),
                nn.GELU(),
            ]
            channels *= 4
        super().__init__(*layers, Pointwise(channels, width))


class FuserBlock(nn.Module):
    """ConvNeXt block: depthwise 7x7, then a scaled feed-forward block over channels.

    Args:
        width: Channels.
        expansion: Hidden channels over ``width``.
    """

    def __init__(self, width: int, expansion: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, eps=_EPS)
        self.up = nn.Linear(width, expansion * width)
        self.down = nn.Linear(expansion * width, width)
        self.scale = nn.Parameter(torch.full((width,), _LAYER_SCALE))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, width, H, W) to the same shape."""
        t = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        t = self.scale * self.down(F.gelu(self.up(t)))
        return x + t.permute(0, 3, 1, 2)
