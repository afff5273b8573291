"""Upstream's student head and SAM 3's neck: everything from the trunk's stride-32 map.

Sources: SimonZeng7108/efficientsam3 (head), arXiv 2511.16719 and facebookresearch/sam3 (neck).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TRUNK_WIDTH = 1024
"""Channels of SAM 3's own trunk, which the students imitate."""

PATCH = 14
"""Pixels of one cell of SAM 3's grid."""


class PyramidLevel(nn.Module):
    """One level of SAM 3's neck.

    Args:
        width: Output channels.
        doublings: How often the map is doubled, 0, 1 or 2.
    """

    def __init__(self, width: int, doublings: int) -> None:
        super().__init__()
        half, quarter = TRUNK_WIDTH // 2, TRUNK_WIDTH // 4
        layers: list[nn.Module] = []
        if doublings >= 1:
            layers.append(nn.ConvTranspose2d(TRUNK_WIDTH, half, 2, stride=2))
        if doublings == 2:
            layers += [nn.GELU(), nn.ConvTranspose2d(half, quarter, 2, stride=2)]
        self.scale_layers = nn.Sequential(*layers)
        self.proj1 = nn.Conv2d((TRUNK_WIDTH, half, quarter)[doublings], width, 1)
        self.proj2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, 1024, G, G) to (B, width, G * 2**doublings, ...)."""
        return self.proj2(self.proj1(self.scale_layers(x)))


def pyramid(width: int) -> nn.ModuleList:
    """Return the three levels of SAM 3's neck, finest first."""
    return nn.ModuleList(PyramidLevel(width, doublings) for doublings in (2, 1, 0))


class Sam3Neck(nn.Module):
    """Loads upstream's weights and gives its numbers.

    Upstream computes a fourth level at half the grid and drops it; it does not exist here. SAM 3's
    tracker reads the same trunk through levels of its own, ``tracker_layers``.

    Args:
        channels: Trunk channels at stride 32.
        size: Side of the input image in pixels.
        width: Channels of the levels.
        tracker: Whether the tracker's levels are made as well.
    """

    def __init__(self, channels: int, size: int, width: int = 256, tracker: bool = False) -> None:
        super().__init__()
        self.grid = size // PATCH
        self.head = nn.Sequential(
            nn.Conv2d(channels, TRUNK_WIDTH, 1, bias=False),
            nn.BatchNorm2d(TRUNK_WIDTH),
            nn.GELU(),
            nn.Conv2d(TRUNK_WIDTH, TRUNK_WIDTH, 3, padding=1),
        )
        self.fpn_layers = pyramid(width)
        self.tracker_layers = pyramid(width) if tracker else None

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
        """Return the last map in the place of SAM 3's trunk, (B, 1024, G, G)."""
        x = self.head(maps[-1])
        return F.interpolate(x, (self.grid, self.grid), mode='bilinear', align_corners=False)

    @torch.no_grad()
    def fuse(self) -> FoldedSam3Neck:
        """Return what does the same, with 28 of 116 GMAC less at 1008 px."""
        return FoldedSam3Neck(self)


class FoldedSam3Neck(nn.Module):
    """The same numbers by a shorter way; for inference only.

    A transposed 2x2 convolution with stride 2 is a 1x1 convolution to four times the channels,
    which pixel_shuffle then spreads. A 1x1 convolution commutes with the bilinear enlargement
    (whose weights sum to one), so all levels, the tracker's too, are projected before it in one
    go, on a fifth of the pixels; and where a 1x1 convolution follows without an activation
    between, both are one.

    Args:
        neck: The trained module; its weights are read only.
    """

    def __init__(self, neck: Sam3Neck) -> None:
        super().__init__()
        self.grid, self.head = neck.grid, neck.head
        pyramids = [[cast(PyramidLevel, level) for level in levels] for levels in neck.pyramids]
        projections = [conv for levels in pyramids for conv in _before_enlarging(*levels)]
        self.widths = [layer.out_channels for layer in projections]
        self.project = _side_by_side(projections)
        self.finish = nn.ModuleList(_FoldedPyramid(*levels) for levels in pyramids)

    def forward(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Turn trunk maps into levels; see :class:`Sam3Neck`."""
        x = self.project(self.head(maps[-1]))
        x = F.interpolate(x, (self.grid, self.grid), mode='bilinear', align_corners=False)
        rough = x.split(self.widths, dim=1)
        found: list[Tensor] = []
        for index, pyramid in enumerate(self.finish):
            found += pyramid(*rough[3 * index : 3 * index + 3])
        return tuple(found)


class _FoldedPyramid(nn.Module):
    """What is left to do for three levels once their projections are enlarged.

    Args:
        fine: Trained level of two doublings.
        middle: Trained level of one doubling.
        coarse: Trained level of none.
    """

    def __init__(self, fine: PyramidLevel, middle: PyramidLevel, coarse: PyramidLevel) -> None:
        super().__init__()
        self.refine = _followed_by(_spread(fine.scale_layers[2]), fine.proj1)
        self.smooth = nn.ModuleList(level.proj2 for level in (fine, middle, coarse))

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> list[Tensor]:
        """Turn three maps of G x G cells into levels."""
        fine = F.pixel_shuffle(self.refine(F.gelu(F.pixel_shuffle(fine, 2))), 2)
        rough = (fine, F.pixel_shuffle(middle, 2), coarse)
        return [conv(level) for conv, level in zip(self.smooth, rough)]


def _before_enlarging(
    fine: PyramidLevel, middle: PyramidLevel, coarse: PyramidLevel
) -> tuple[nn.Conv2d, ...]:
    """Return the first 1x1 convolution of each level."""
    once = _followed_by(_spread(middle.scale_layers[0]), middle.proj1)
    return _spread(fine.scale_layers[0]), once, coarse.proj1


def _pointwise(weight: Tensor, bias: Tensor) -> nn.Conv2d:
    """Return the 1x1 convolution with a weight (out, in)."""
    conv = nn.Conv2d(weight.shape[1], weight.shape[0], 1)
    conv.weight, conv.bias = nn.Parameter(weight[..., None, None]), nn.Parameter(bias)
    return conv


def _spread(layer: nn.Module) -> nn.Conv2d:
    """Return the convolution before pixel_shuffle that equals a transposed 2x2 one, stride 2."""
    assert isinstance(layer, nn.ConvTranspose2d) and layer.bias is not None
    weight = layer.weight.permute(1, 2, 3, 0).flatten(0, 2)
    return _pointwise(weight, layer.bias.repeat_interleave(4))


def _followed_by(spread: nn.Conv2d, then: nn.Conv2d) -> nn.Conv2d:
    """Return one convolution for ``then`` behind the pixel_shuffle of ``spread``."""
    assert spread.bias is not None and then.bias is not None
    after = then.weight.flatten(1)
    weight = torch.einsum('oc,cpi->opi', after, spread.weight.flatten(1).unflatten(0, (-1, 4)))
    bias = after @ spread.bias[::4] + then.bias
    return _pointwise(weight.flatten(0, 1), bias.repeat_interleave(4))


def _side_by_side(layers: Sequence[nn.Conv2d]) -> nn.Conv2d:
    """Return one convolution with the outputs of all."""
    biases = [layer.bias for layer in layers if layer.bias is not None]
    return _pointwise(torch.cat([layer.weight.flatten(1) for layer in layers]), torch.cat(biases))
