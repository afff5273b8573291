"""Image encoder of the nine students: trunk and neck, run once for a frame."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from efficientsam3_ros.model.image.neck_lean import CELL, LeanPyramid
from efficientsam3_ros.model.image.neck_sam3 import PATCH, Sam3Neck
from efficientsam3_ros.model.image.trunks import Trunk, TrunkSpec

NeckName = Literal['sam3', 'lean']
NECKS: tuple[NeckName, ...] = ('sam3', 'lean')


def grid_side(neck: NeckName, size: int) -> int:
    """Return the cells per side of the coarsest level.

    Upstream rounds down: 72 at 1008 px, 54 at 768, 36 at 512. The lean neck has half as many:
    36, 27, 18.
    """
    return size // (PATCH if neck == 'sam3' else CELL)


class StudentImageEncoder(nn.Module):
    """Trunk and neck.

    Args:
        trunk: Which trunk.
        neck: ``sam3`` for upstream's weights, ``lean`` for ours.
        size: Side of the square input image in pixels.
        width: Channels of the levels.
        tracker: Whether the neck, which is then ``sam3``, makes SAM 3's levels for its tracker.
        trunk_width: Channels of the neck ``sam3`` in the place of SAM 3's trunk; its own when
            absent.
    """

    def __init__(
        self,
        trunk: TrunkSpec,
        neck: NeckName,
        size: int,
        width: int = 256,
        tracker: bool = False,
        trunk_width: int | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        self.trunk = Trunk(trunk)
        self.neck: Sam3Neck | LeanPyramid = (
            Sam3Neck(trunk.channels[-1], size, width, tracker, trunk_width)
            if neck == 'sam3'
            else LeanPyramid(trunk.channels, size, width)
        )

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Encode normalised images.

        Args:
            image: (B, 3, size, size).

        Returns:
            level_0 (B, width, 4G, 4G), level_1 (B, width, 2G, 2G), level_2 (B, width, G, G) with
            G of :func:`grid_side`; with a tracker's levels three more of the same shapes.
        """
        return self.neck(self.trunk(image))
