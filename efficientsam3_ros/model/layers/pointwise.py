"""A 1x1 convolution for sums of one frame's map with the maps of N objects."""

from __future__ import annotations

from torch import Tensor, nn


class Pointwise(nn.Conv2d):
    """Computed as a matrix product.

    OpenVINO merges an addition with a convolution before it. Where one addend is of a single frame
    and the other of a batch of objects, the merged operation refuses the batch or gives wrong
    numbers (2026.4), whichever of them is the convolution's. Matrix products it leaves apart, and
    they are not slower.

    Args:
        source: Channels of the map.
        width: Channels of the result.
    """

    def __init__(self, source: int, width: int) -> None:
        super().__init__(source, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, source, H, W) to (B, width, H, W)."""
        assert self.bias is not None
        found = self.weight.flatten(1) @ x.flatten(2) + self.bias[:, None]
        return found.unflatten(2, x.shape[2:])
