"""Image encoder of the nine students: trunk and neck, run once for a frame."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from efficientsam3_ros.model.neck_lean import CELL, LeanPyramid
from efficientsam3_ros.model.neck_sam3 import PATCH, Sam3Neck
from efficientsam3_ros.model.trunks import Trunk, TrunkSpec

NeckName = Literal['sam3', 'lean']
NECKS: tuple[NeckName, ...] = ('sam3', 'lean')


def grid_side(neck: NeckName, size: int) -> int:
    """Return the cells per side of the coarsest level.

    Upstream rounds down: 72 at 1008 px, 54 at 768, 36 at 512. The lean neck has half as many:
    36, 27, 18.
    """
    return size // (PATCH if neck == 'sam3' else CELL)


def build_neck(trunk: TrunkSpec, neck: NeckName, size: int, width: int) -> Sam3Neck | LeanPyramid:
    """Return the neck that fits a trunk."""
    if neck == 'sam3':
        return Sam3Neck(trunk.channels[-1], size, width)
    return LeanPyramid(trunk.channels, size, width)


class FamilyImageEncoder(nn.Module):
    """Trunk and neck.

    Args:
        trunk: Which trunk.
        neck: ``sam3`` for upstream's weights, ``lean`` for ours.
        size: Side of the square input image in pixels.
        width: Channels of the levels.
        pretrained: Whether timm fetches trunk weights from its hub (needs a network).
    """

    def __init__(
        self,
        trunk: TrunkSpec,
        neck: NeckName,
        size: int,
        width: int = 256,
        pretrained: bool = False,
    ) -> None:
        super().__init__()
        self.size = size
        self.trunk = Trunk(trunk, pretrained)
        self.neck = build_neck(trunk, neck, size, width)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode normalised images.

        Args:
            image: (B, 3, size, size).

        Returns:
            level_0 (B, width, 4G, 4G), level_1 (B, width, 2G, 2G), level_2 (B, width, G, G) with
            G of :func:`grid_side`.
        """
        return self.neck(self.trunk(image))
