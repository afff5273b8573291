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


def build_neck(
    trunk: TrunkSpec, neck: NeckName, size: int, width: int, tracker: bool = False
) -> Sam3Neck | LeanPyramid:
    """Return the neck that fits a trunk, with levels of a tracker's own if ``tracker``.

    Raises:
        ValueError: If the neck has no such levels.
    """
    if neck == 'sam3':
        return Sam3Neck(trunk.channels[-1], size, width, tracker)
    if tracker:
        raise ValueError(f'Only the neck "sam3" makes levels for a tracker, not "{neck}".')
    return LeanPyramid(trunk.channels, size, width)


class StudentImageEncoder(nn.Module):
    """Trunk and neck.

    Args:
        trunk: Which trunk.
        neck: ``sam3`` for upstream's weights, ``lean`` for ours.
        size: Side of the square input image in pixels.
        width: Channels of the levels.
        pretrained: Whether timm fetches trunk weights from its hub (needs a network).
        tracker: Whether the neck makes SAM 3's levels for its tracker, too.
    """

    def __init__(
        self,
        trunk: TrunkSpec,
        neck: NeckName,
        size: int,
        width: int = 256,
        pretrained: bool = False,
        tracker: bool = False,
    ) -> None:
        super().__init__()
        self.size = size
        self.trunk = Trunk(trunk, pretrained)
        self.neck = build_neck(trunk, neck, size, width, tracker)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Encode normalised images.

        Args:
            image: (B, 3, size, size).

        Returns:
            level_0 (B, width, 4G, 4G), level_1 (B, width, 2G, 2G), level_2 (B, width, G, G) with
            G of :func:`grid_side`; with a tracker's levels three more of the same shapes.
        """
        return self.neck(self.trunk(image))
