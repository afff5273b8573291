"""Upstream's student head and SAM 3's neck: everything from the trunk's stride-32 map.

Sources: SimonZeng7108/efficientsam3 (head), arXiv 2511.16719 and facebookresearch/sam3 (neck).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.neck_sam3_folded import FoldedSam3Neck
from efficientsam3_ros.model.image.sam3_pyramid import TRUNK_WIDTH, pyramid

PATCH = 14
"""Pixels of one cell of SAM 3's grid."""


class Sam3Neck(nn.Module):
    """Loads upstream's weights and gives its numbers.

    Upstream computes a fourth level at half the grid and drops it; it does not exist here. SAM 3's
    tracker reads the same trunk through levels of its own, ``tracker_layers``.

    Args:
        channels: Channels of the trunk's last map.
        size: Side of the input image in pixels.
        width: Channels of the levels.
        tracker: Whether the tracker's levels are made as well.
        trunk_width: Channels in the place of SAM 3's trunk; its own when absent.
    """

    def __init__(
        self,
        channels: int,
        size: int,
        width: int = 256,
        tracker: bool = False,
        trunk_width: int | None = None,
    ) -> None:
        super().__init__()
        whole = trunk_width or TRUNK_WIDTH
        self.grid = size // PATCH
        self.head = nn.Sequential(
            nn.Conv2d(channels, whole, 1, bias=False),
            nn.BatchNorm2d(whole),
            nn.GELU(),
            nn.Conv2d(whole, whole, 3, padding=1),
        )
        self.fpn_layers = pyramid(width, trunk_width)
        self.tracker_layers = pyramid(width, trunk_width) if tracker else None

    @property
    def pyramids(self) -> list[nn.ModuleList]:
        """The detector's levels and, where they exist, the tracker's."""
        return [levels for levels in (self.fpn_layers, self.tracker_layers) if levels is not None]

    def forward(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Turn trunk maps, finest first, into levels (B, width, 4G, 4G), 2G and G.

        Only the last map is read. Three levels for the detector, three more for a tracker.
        """
        x = self.enlarged(maps)
        return tuple(layer(x) for levels in self.pyramids for layer in levels)

    def enlarged(self, maps: tuple[Tensor, ...]) -> Tensor:
        """Return the last map in the place of SAM 3's trunk, (B, trunk_width, G, G)."""
        x = self.head(maps[-1])
        return F.interpolate(x, (self.grid, self.grid), mode='bilinear', align_corners=False)

    @torch.no_grad()
    def fuse(self) -> nn.Module:
        """Return what does the same, with 42 of 116 GMAC less at 1008 px."""
        return FoldedSam3Neck(self.grid, self.head, self.pyramids)
