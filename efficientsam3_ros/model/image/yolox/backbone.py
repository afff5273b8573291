"""Backbone and pyramid of YOLOX; modules stand in the order in which they are called."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.yolox.blocks import (
    ConvSilu,
    CspBlock,
    SpatialPyramidPooling,
    separable,
)

STEM_KERNEL = 6
"""Of the stem: 3x3 cells of 2x2 pixels each."""
_PIXEL_SIZE = 64.0
"""Pixels are larger than what random weights of other layers are made for."""


class Backbone(nn.Module):
    """CSP stages at strides 4, 8, 16 and 32 behind a stem of stride 2.

    Args:
        base: Channels of the stem, even; every stage doubles them.
    """

    def __init__(self, base: int) -> None:
        super().__init__()
        self.stem = ConvSilu(3, base, STEM_KERNEL, 2)
        with torch.no_grad():
            self.stem.weight /= _PIXEL_SIZE
        self.stage4 = nn.Sequential(separable(base, 2 * base, 2), CspBlock(2 * base, 2 * base))
        self.stage8 = nn.Sequential(
            separable(2 * base, 4 * base, 2), CspBlock(4 * base, 4 * base, 3)
        )
        self.stage16 = nn.Sequential(
            separable(4 * base, 8 * base, 2), CspBlock(8 * base, 8 * base, 3)
        )
        self.stage32 = nn.Sequential(
            separable(8 * base, 16 * base, 2),
            SpatialPyramidPooling(16 * base),
            CspBlock(16 * base, 16 * base, residual=False),
        )

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Map pixels (B, 3, H, W) to maps (B, C, ceil(H / s), ...) at strides 2 to 32."""
        maps = [self.stem(pixels)]
        for stage in (self.stage4, self.stage8, self.stage16, self.stage32):
            maps.append(stage(maps[-1]))
        return maps


class Pyramid(nn.Module):
    """Path aggregation: coarse maps go down to the fine ones, and these up again.

    Args:
        c8: Channels of the backbone at stride 8; 16 and 32 have twice and four times as many.
    """

    def __init__(self, c8: int) -> None:
        super().__init__()
        c16, c32 = 2 * c8, 4 * c8
        self.lateral32 = ConvSilu(c32, c16)
        self.down16 = CspBlock(2 * c16, c16, residual=False)
        self.lateral16 = ConvSilu(c16, c8)
        self.down8 = CspBlock(2 * c8, c8, residual=False)
        self.shrink8 = separable(c8, c8, 2)
        self.up16 = CspBlock(2 * c8, c16, residual=False)
        self.shrink16 = separable(c16, c16, 2)
        self.up32 = CspBlock(2 * c16, c32, residual=False)

    def forward(self, m8: Tensor, m16: Tensor, m32: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map backbone maps at strides 8, 16 and 32 to maps of the same shapes."""
        top = self.lateral32(m32)
        middle = self.lateral16(self.down16(torch.cat([_enlarged(top, m16), m16], 1)))
        p8 = self.down8(torch.cat([_enlarged(middle, m8), m8], 1))
        p16 = self.up16(torch.cat([self.shrink8(p8), middle], 1))
        return p8, p16, self.up32(torch.cat([self.shrink16(p16), top], 1))


def _enlarged(x: Tensor, like: Tensor) -> Tensor:
    """Repeat cells up to the size of a finer map, which is odd where the coarse one rounded up."""
    return F.interpolate(x, (int(like.shape[-2]), int(like.shape[-1])), mode='nearest')
