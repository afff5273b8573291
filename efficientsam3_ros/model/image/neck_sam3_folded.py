"""SAM 3's neck by a shorter way, for inference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.sam3_pyramid import PyramidLevel

_UNIT = 1.1444507183528787
"""GELU of it is 1."""

_SPARE = 16
"""Channels beside the fine map, of which one is constant; engines like multiples of it."""


class FoldedSam3Neck(nn.Module):
    """The numbers of ``Sam3Neck``, with 42 of 116 GMAC less at 1008 px.

    A transposed 2x2 convolution with stride 2 is a 1x1 convolution to four times the channels,
    which pixel_shuffle then spreads. A 1x1 convolution commutes with the bilinear enlargement
    (whose weights sum to one), so all levels, the tracker's too, are projected before it in one
    go, on a fifth of the pixels; and where another convolution follows without an activation
    between, both are one.

    Args:
        grid: Side of the coarsest level.
        head: The trained head of the neck; weights are only read.
        pyramids: The trained levels, finest first, of the detector and, where it has its own,
            of the tracker.
    """

    def __init__(self, grid: int, head: nn.Module, pyramids: Sequence[nn.ModuleList]) -> None:
        super().__init__()
        self.grid, self.head = grid, head
        trained = [[cast(PyramidLevel, level) for level in levels] for levels in pyramids]
        projections = [conv for levels in trained for conv in _before_enlarging(*levels)]
        self.widths = [layer.out_channels for layer in projections]
        self.project = _pointwise(
            torch.cat([layer.weight.flatten(1) for layer in projections]),
            torch.cat([layer.bias for layer in projections if layer.bias is not None]),
        )
        self.finish = nn.ModuleList(_FoldedPyramid(*levels) for levels in trained)

    def forward(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Turn trunk maps into levels; see ``Sam3Neck``."""
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
        self.refine = _doubling(
            _followed_by(_spread(fine.scale_layers[2]), fine.proj1), fine.proj2
        )
        self.smooth = nn.ModuleList((middle.proj2, coarse.proj2))

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> list[Tensor]:
        """Turn three maps of G x G cells into levels."""
        fine = F.pixel_shuffle(self.refine(F.gelu(F.pixel_shuffle(fine, 2))), 2)
        rough = (F.pixel_shuffle(middle, 2), coarse)
        smoothed = [conv(level) for conv, level in zip(self.smooth, rough)]
        return [fine[..., 1:-1, 1:-1], *smoothed]


def _before_enlarging(
    fine: PyramidLevel, middle: PyramidLevel, coarse: PyramidLevel
) -> tuple[nn.Conv2d, ...]:
    """Return the first 1x1 convolution of each level."""
    once = _followed_by(_spread(middle.scale_layers[0]), middle.proj1)
    return _with_spare(_spread(fine.scale_layers[0])), once, coarse.proj1


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


def _with_spare(spread: nn.Conv2d) -> nn.Conv2d:
    """Add channels that are 1, 0, 0, ... behind pixel_shuffle and GELU."""
    assert spread.bias is not None
    more = spread.bias.new_zeros(4 * _SPARE)
    more[:4] = _UNIT
    weight = F.pad(spread.weight.flatten(1), (0, 0, 0, 4 * _SPARE))
    return _pointwise(weight, torch.cat([spread.bias, more]))


def _followed_by(spread: nn.Conv2d, then: nn.Conv2d) -> nn.Conv2d:
    """Return one convolution for a 1x1 ``then`` behind the pixel_shuffle of ``spread``."""
    assert spread.bias is not None and then.bias is not None
    after = then.weight.flatten(1)
    weight = torch.einsum('oc,cpi->opi', after, spread.weight.flatten(1).unflatten(0, (-1, 4)))
    bias = after @ spread.bias[::4] + then.bias
    return _pointwise(weight.flatten(0, 1), bias.repeat_interleave(4))


def _doubling(spread: nn.Conv2d, then: nn.Conv2d) -> nn.Conv2d:
    """Return one 2x2 convolution for a 3x3 ``then`` behind the pixel_shuffle of ``spread``.

    A 3x3 window of the doubled map lies over 2x2 cells of the map before. The result has a row
    and a column too many at each side after its own pixel_shuffle: cell (u, v) of the convolution
    reads cells u-1, u and v-1, v, so output row 2i+a comes from u = i+a and is put at sub-row 1-a.

    Args:
        spread: 1x1, (4 C, I); its bias, which is not there outside of the map, goes to the
            constant spare channel.
        then: 3x3, (O, C), padding 1.

    Returns:
        2x2, (4 O, I + spare), padding 1.
    """
    assert spread.bias is not None and then.bias is not None
    inner = spread.weight.flatten(1).unflatten(0, (-1, 2, 2))
    offset = spread.bias[::4, None]
    width, read = then.out_channels, spread.in_channels
    weight = inner.new_zeros(width, 2, 2, read + _SPARE, 2, 2)
    for a, b, down, right in product((0, 1), (0, 1), (-1, 0, 1), (-1, 0, 1)):
        (row, p), (column, q) = divmod(a + down, 2), divmod(b + right, 2)
        source = torch.cat([inner[:, p, q], offset], dim=1)
        taps = weight[:, 1 - a, 1 - b, : read + 1, row - a + 1, column - b + 1]
        taps += then.weight[:, :, down + 1, right + 1] @ source
    conv = nn.Conv2d(read + _SPARE, 4 * width, 2, padding=1)
    conv.weight = nn.Parameter(weight.flatten(0, 2))
    conv.bias = nn.Parameter(then.bias.repeat_interleave(4))
    return conv
