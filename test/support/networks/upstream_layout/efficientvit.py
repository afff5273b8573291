"""EfficientViT-B (arXiv 2205.14756): ReLU linear attention over two scales."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

HEAD_WIDTHS = {16: 16, 32: 16, 48: 32}
"""First stage's channels to those of a head."""


class Conv(nn.Module):
    """Convolution with bias or normalisation, and activation."""

    def __init__(self, inputs, outputs, kernel=1, stride=1, groups=1, norm=True, active=True):
        super().__init__()
        padding, bias = kernel // 2, not norm
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, 1, groups, bias)
        if norm:
            self.norm = nn.BatchNorm2d(outputs)
        self.active = active

    def forward(self, x):
        x = self.conv(x)
        if hasattr(self, 'norm'):
            x = self.norm(x)
        return F.hardswish(x) if self.active else x


class Separable(nn.Module):
    """Depthwise, then pointwise."""

    def __init__(self, width):
        super().__init__()
        self.depth_conv = Conv(width, width, 3, groups=width)
        self.point_conv = Conv(width, width, active=False)

    def forward(self, x):
        return self.point_conv(self.depth_conv(x))


class Inverted(nn.Module):
    """Expand four times, depthwise, project; attention stages normalise only the last."""

    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        wide = 4 * inputs
        self.inverted_conv = Conv(inputs, wide, norm=norm)
        self.depth_conv = Conv(wide, wide, 3, stride, wide, norm)
        self.point_conv = Conv(wide, outputs, active=False)

    def forward(self, x):
        return self.point_conv(self.depth_conv(self.inverted_conv(x)))


class LinearAttention(nn.Module):
    """Heads on the map itself and on a 5x5 aggregate of it."""

    def __init__(self, width, head):
        super().__init__()
        self.head = head
        total = 3 * width
        self.qkv = nn.Module()
        self.qkv.conv = nn.Conv2d(width, total, 1, bias=False)
        wide = nn.Conv2d(total, total, 5, padding=2, groups=total, bias=False)
        mix = nn.Conv2d(total, total, 1, groups=total // head, bias=False)
        self.aggreg = nn.ModuleList([nn.Sequential(wide, mix)])
        self.proj = Conv(2 * width, width, active=False)

    def forward(self, x):
        qkv = self.qkv.conv(x)
        scales = torch.cat([qkv, self.aggreg[0](qkv)], 1)
        parts = scales.flatten(2).unflatten(1, (-1, 3, self.head))
        q, k, v = parts[:, :, 0].relu(), parts[:, :, 1].relu(), parts[:, :, 2]
        summary = torch.einsum('bhdn,bhen->bhde', k, v)
        above = torch.einsum('bhde,bhdn->bhen', summary, q)
        below = torch.einsum('bhd,bhdn->bhn', k.sum(-1), q) + 1e-15
        return self.proj((above / below[:, :, None]).flatten(1, 2).unflatten(2, x.shape[2:]))


class Residual(nn.Module):
    """The block ``main``, plus its input unless it changes the size."""

    def __init__(self, main, added=True):
        super().__init__()
        self.main, self.added = main, added

    def forward(self, x):
        return self.main(x) + x if self.added else self.main(x)


class Context(nn.Module):
    """Attention, then inverted bottleneck."""

    def __init__(self, width, head):
        super().__init__()
        self.context_module = Residual(LinearAttention(width, head))
        self.local_module = Residual(Inverted(width, width, 1, norm=False))

    def forward(self, x):
        return self.local_module(self.context_module(x))


def numbered(modules):
    """Return a module whose list has upstream's name."""
    holder = nn.Module()
    holder.op_list = nn.Sequential(*modules)
    return holder


class EfficientVit(nn.Module):
    """Two convolutional stages and two with attention."""

    def __init__(self, widths, depths):
        super().__init__()
        first, head = widths[0] // 2, HEAD_WIDTHS[widths[0]]
        stem = [Conv(3, first, 3, 2), Residual(Separable(first))]
        self.input_stem = numbered(stem)
        stages, before = [], first
        for number, (width, depth) in enumerate(zip(widths, depths)):
            attends = number >= 2
            blocks = [Residual(Inverted(before, width, 2, norm=not attends), added=False)]
            if attends:
                blocks += [Context(width, head) for _ in range(depth)]
            else:
                blocks += [Residual(Inverted(width, width, 1, True)) for _ in range(depth - 1)]
            stages.append(numbered(blocks))
            before = width
        self.stages = nn.ModuleList(stages)

    def forward(self, x):
        maps, x = [], self.input_stem.op_list(x)
        for stage in self.stages:
            x = stage.op_list(x)
            maps.append(x)
        return maps
