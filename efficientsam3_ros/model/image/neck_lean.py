"""Our own neck: a feature pyramid on all strides of the trunk, at half of SAM 3's grid."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

CELL = 28
"""Pixels of one cell of the coarsest level: twice SAM 3's."""


def smoothing(width: int, groups: int = 1) -> nn.Sequential:
    """3x3, normalisation, GELU, pointwise."""
    return nn.Sequential(
        nn.Conv2d(width, width, 3, padding=1, groups=groups, bias=False),
        nn.BatchNorm2d(width),
        nn.GELU(),
        nn.Conv2d(width, width, 1),
    )


class LeanPyramid(nn.Module):
    """Feature pyramid on strides 4, 8, 16, 32.

    Upstream's neck makes its fine levels from the stride-32 map, and its 1024 channels cost more
    than any trunk. Here fine levels come from fine maps, and the grid is half of SAM 3's, so that
    everything behind gets cheap as well: fusion encoder, mask head.

    Args:
        channels: Trunk channels at strides 4, 8, 16, 32.
        size: Side of the input image in pixels.
        width: Channels of the levels.
    """

    def __init__(self, channels: tuple[int, ...], size: int, width: int = 256) -> None:
        super().__init__()
        self.grid = size // CELL
        c4, c8, c16, c32 = channels
        self.lateral_4 = nn.Conv2d(c4, width, 1)
        self.lateral_8 = nn.Conv2d(c8, width, 1)
        self.lateral_16 = nn.Conv2d(c16, width, 1)
        self.lateral_32 = nn.Conv2d(c32, width, 1)
        self.smooth_28 = smoothing(width)
        self.smooth_14 = smoothing(width, groups=width)
        self.smooth_7 = smoothing(width, groups=width)

    def forward(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
        """Turn trunk maps, finest first, into levels (B, width, 4G, 4G), 2G and G."""
        m4, m8, m16, m32 = maps
        g = self.grid
        # Shrunk before the 1x1 convolution: the two commute, and fewer pixels are convolved.
        level_2 = self.smooth_28(
            _resized(self.lateral_32(m32), g) + self.lateral_16(_resized(m16, g))
        )
        level_1 = self.smooth_14(self.lateral_8(_resized(m8, 2 * g)) + _resized(level_2, 2 * g))
        level_0 = self.smooth_7(self.lateral_4(_resized(m4, 4 * g)) + _resized(level_1, 4 * g))
        return level_0, level_1, level_2


def _resized(x: Tensor, side: int) -> Tensor:
    return F.interpolate(x, (side, side), mode='bilinear', align_corners=False)
