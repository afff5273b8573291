"""RepViT (arXiv 2307.09283): one flat list of blocks."""

from __future__ import annotations

import torch
from torch import nn


def normalized(inputs, outputs, kernel=1, stride=1, groups=1):
    """Return convolution ``c`` and normalisation ``bn``."""
    pair = nn.Sequential()
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    pair.add_module('c', conv)
    pair.add_module('bn', nn.BatchNorm2d(outputs))
    return pair


class Depthwise(nn.Module):
    """3x3, 1x1 and identity branches in training."""

    def __init__(self, width):
        super().__init__()
        self.conv = normalized(width, width, 3, groups=width)
        self.conv1 = nn.Conv2d(width, width, 1, groups=width)
        self.bn = nn.BatchNorm2d(width)

    def forward(self, x):
        return self.bn(x + self.conv1(x) + self.conv(x))


class Excitation(nn.Module):
    """Channels gated by their means; the bottleneck is a quarter, in steps of eight."""

    def __init__(self, width):
        super().__init__()
        inner = max(8, (width // 4 + 4) // 8 * 8)
        self.fc1 = nn.Conv2d(width, inner, 1)
        self.fc2 = nn.Conv2d(inner, width, 1)

    def forward(self, x):
        means = x.flatten(2).mean(2)[..., None, None]
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(means))))


class ChannelMixer(nn.Module):
    """Residual expansion to twice the width."""

    def __init__(self, width):
        super().__init__()
        self.m = nn.Sequential(
            normalized(width, 2 * width), nn.GELU(), normalized(2 * width, width)
        )

    def forward(self, x):
        return self.m(x) + x


class Block(nn.Module):
    """Token mixer, then channel mixer."""

    def __init__(self, inputs, outputs, stride, excited):
        super().__init__()
        middle = Excitation(inputs) if excited else nn.Identity()
        if stride == 1:
            self.token_mixer = nn.Sequential(Depthwise(inputs), middle)
        else:
            self.token_mixer = nn.Sequential(
                normalized(inputs, inputs, 3, stride, inputs),
                middle,
                normalized(inputs, outputs),
            )
        self.channel_mixer = ChannelMixer(outputs)

    def forward(self, x):
        return self.channel_mixer(self.token_mixer(x))


class RepVit(nn.Module):
    """Four stages; between two of them an ordinary block and one of stride 2."""

    def __init__(self, widths, depths):
        super().__init__()
        first = widths[0]
        stem = nn.Sequential(
            normalized(3, first // 2, 3, 2), nn.GELU(), normalized(first // 2, first, 3, 2)
        )
        blocks, self.ends = [stem], []
        for stage, (width, depth) in enumerate(zip(widths, depths)):
            if stage:
                before = widths[stage - 1]
                blocks += [Block(before, before, 1, False), Block(before, width, 2, False)]
            blocks += [Block(width, width, 1, i % 2 == 0) for i in range(depth)]
            self.ends.append(len(blocks) - 1)
        self.features = nn.ModuleList(blocks)

    def forward(self, x):
        maps = []
        for number, block in enumerate(self.features):
            x = block(x)
            if number in self.ends:
                maps.append(x)
        return maps
