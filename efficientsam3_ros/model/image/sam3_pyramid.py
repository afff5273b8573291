"""Levels of SAM 3's neck (arXiv 2511.16719, facebookresearch/sam3)."""

from __future__ import annotations

from torch import Tensor, nn

TRUNK_WIDTH = 1024
"""Channels of SAM 3's own trunk, which the students imitate."""


class PyramidLevel(nn.Module):
    """One level of SAM 3's neck.

    Args:
        width: Output channels.
        doublings: How often the map is doubled, 0, 1 or 2.
        trunk_width: Channels of the map; those of SAM 3's trunk when absent.
    """

    def __init__(self, width: int, doublings: int, trunk_width: int | None = None) -> None:
        super().__init__()
        whole = trunk_width or TRUNK_WIDTH
        half, quarter = whole // 2, whole // 4
        layers: list[nn.Module] = []
        if doublings >= 1:
            layers.append(nn.ConvTranspose2d(whole, half, 2, stride=2))
        if doublings == 2:
            layers += [nn.GELU(), nn.ConvTranspose2d(half, quarter, 2, stride=2)]
        self.scale_layers = nn.Sequential(*layers)
        self.proj1 = nn.Conv2d((whole, half, quarter)[doublings], width, 1)
        self.proj2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, trunk_width, G, G) to (B, width, G * 2**doublings, ...)."""
        return self.proj2(self.proj1(self.scale_layers(x)))


def pyramid(width: int, trunk_width: int | None = None) -> nn.ModuleList:
    """Return the three levels of SAM 3's neck, finest first."""
    return nn.ModuleList(PyramidLevel(width, doublings, trunk_width) for doublings in (2, 1, 0))
