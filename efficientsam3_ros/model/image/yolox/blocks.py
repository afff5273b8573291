"""Blocks of YOLOX: convolutions with a bias and SiLU, their normalisations folded into them."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_SILU_GAIN = math.sqrt(2)
"""Keeps the size of large random signals, of which SiLU leaves half the power; none grows."""


class ConvSilu(nn.Conv2d):
    """Convolution and SiLU; odd kernels keep the size, but for the stride.

    Args:
        source: Channels in.
        width: Channels out.
        kernel: Kernel size.
        stride: Stride.
        groups: Groups; as many as channels for a depthwise convolution.
    """

    def __init__(
        self, source: int, width: int, kernel: int = 1, stride: int = 1, groups: int = 1
    ) -> None:
        padding = (kernel - 1) // 2
        super().__init__(source, width, kernel, stride, padding, groups=groups)
        nn.init.normal_(self.weight, std=_SILU_GAIN / math.sqrt(self.weight[0].numel()))
        assert self.bias is not None
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, source, H, W) to (B, width, H', W')."""
        return F.silu(super().forward(x))


def separable(source: int, width: int, stride: int = 1) -> nn.Sequential:
    """Return a depthwise 3x3 and a pointwise convolution."""
    return nn.Sequential(
        ConvSilu(source, source, 3, stride, groups=source), ConvSilu(source, width)
    )


class Bottleneck(nn.Module):
    """Pointwise, then separable convolution.

    Args:
        width: Channels.
        residual: Whether the input is added to the output.
    """

    def __init__(self, width: int, residual: bool) -> None:
        super().__init__()
        self.reduce = ConvSilu(width, width)
        self.mix = separable(width, width)
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, H, W) to the same shape."""
        mixed = self.mix(self.reduce(x))
        return mixed + x if self.residual else mixed


class CspBlock(nn.Module):
    """Cross stage partial block: one half of the channels passes bottlenecks, the other does not.

    Args:
        source: Channels in.
        width: Channels out, even.
        depth: Bottlenecks.
        residual: Whether bottlenecks add their input.
    """

    def __init__(self, source: int, width: int, depth: int = 1, residual: bool = True) -> None:
        super().__init__()
        half = width // 2
        self.main = ConvSilu(source, half)
        self.side = ConvSilu(source, half)
        self.blocks = nn.Sequential(*(Bottleneck(half, residual) for _ in range(depth)))
        self.merge = ConvSilu(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, source, H, W) to (B, width, H, W)."""
        main, side = self.main(x), self.side(x)
        return self.merge(torch.cat([self.blocks(main), side], 1))


class SpatialPyramidPooling(nn.Module):
    """Maxima over 5x5, 9x9 and 13x13 cells beside each cell.

    Args:
        width: Channels in and out, even.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.reduce = ConvSilu(width, width // 2)
        self.merge = ConvSilu(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, width, H, W) to the same shape."""
        maps = [self.reduce(x)]
        for _ in range(3):
            # A maximum of 5x5 maxima of 5x5 cells is one over 9x9, and the next one over 13x13.
            maps.append(F.max_pool2d(maps[-1], 5, stride=1, padding=2))
        return self.merge(torch.cat(maps, 1))
