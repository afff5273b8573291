"""TinyViT (arXiv 2207.10666): a stage ends with the change to the next."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from upstream_layout.repvit import normalized

WINDOWS = (7, 7, 14, 7)


class InvertedBottleneck(nn.Module):
    """Residual 1x1, depthwise 3x3, 1x1, with GELU behind the sum as well."""

    def __init__(self, width):
        super().__init__()
        self.conv1 = normalized(width, 4 * width)
        self.conv2 = normalized(4 * width, 4 * width, 3, groups=4 * width)
        self.conv3 = normalized(4 * width, width)

    def forward(self, x):
        return F.gelu(x + self.conv3(F.gelu(self.conv2(F.gelu(self.conv1(x))))))


class Merging(nn.Module):
    """Halve the map."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = normalized(inputs, outputs)
        self.conv2 = normalized(outputs, outputs, 3, 2, outputs)
        self.conv3 = normalized(outputs, outputs)

    def forward(self, x):
        return self.conv3(F.gelu(self.conv2(F.gelu(self.conv1(x)))))


class WindowAttention(nn.Module):
    """Attention of side x side tokens with a bias for every distance."""

    def __init__(self, width, heads, side):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.attention_biases = nn.Parameter(torch.zeros(heads, side * side))
        rows, columns = torch.arange(side * side) // side, torch.arange(side * side) % side
        # The first token meets every distance, in the order in which the table counts them.
        down = (rows[:, None] - rows[None]).abs()
        right = (columns[:, None] - columns[None]).abs()
        self.register_buffer('attention_bias_idxs', down * side + right)

    def forward(self, x):
        windows, tokens, width = x.shape
        # Query, key and value of one head lie side by side.
        parts = self.qkv(self.norm(x)).view(windows, tokens, self.heads, 3, width // self.heads)
        q, k, v = parts.permute(3, 0, 2, 1, 4)
        scores = torch.einsum('whid,whjd->whij', q, k) / q.shape[-1] ** 0.5
        weights = (scores + self.attention_biases[:, self.attention_bias_idxs]).softmax(-1)
        out = torch.einsum('whij,whjd->wihd', weights, v)
        return self.proj(out.reshape(windows, tokens, width))


class Mlp(nn.Module):
    """Pre-norm, four times the width."""

    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(self.norm(x))))


class WindowBlock(nn.Module):
    """Window attention, depthwise convolution, feed-forward network."""

    def __init__(self, width, heads, side):
        super().__init__()
        self.side = side
        self.attn = WindowAttention(width, heads, side)
        self.local_conv = normalized(width, width, 3, groups=width)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = self.local_conv(x + self._attend(x))
        return x + self.mlp(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def _attend(self, x):
        """Cut zero-padded windows by unfolding, put them back by folding."""
        batch, width, height, length = x.shape
        side = self.side
        size = (-(-height // side) * side, -(-length // side) * side)
        padded = F.pad(x, (0, size[1] - length, 0, size[0] - height))
        cut = F.unfold(padded, side, stride=side).unflatten(1, (width, side * side))
        count = cut.shape[-1]
        tokens = cut.permute(0, 3, 2, 1).reshape(batch * count, side * side, width)
        out = self.attn(tokens).reshape(batch, count, side * side, width)
        flat = out.permute(0, 3, 2, 1).reshape(batch, width * side * side, count)
        return F.fold(flat, size, side, stride=side)[..., :height, :length]


class Stage(nn.Module):
    """Blocks and, except in the last stage, the change to the next."""

    def __init__(self, blocks, change):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        if change is not None:
            self.downsample = change

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class TinyVit(nn.Module):
    """Convolutions in the first stage, windows in the three others."""

    def __init__(self, widths, depths):
        super().__init__()
        first = widths[0]
        self.patch_embed = nn.Module()
        self.patch_embed.seq = nn.Sequential(
            normalized(3, first // 2, 3, 2), nn.GELU(), normalized(first // 2, first, 3, 2)
        )
        stages = []
        for number, (width, depth) in enumerate(zip(widths, depths)):
            if number == 0:
                blocks = [InvertedBottleneck(width) for _ in range(depth)]
            else:
                blocks = [WindowBlock(width, width // 32, WINDOWS[number]) for _ in range(depth)]
            last = number == len(widths) - 1
            stages.append(Stage(blocks, None if last else Merging(width, widths[number + 1])))
        self.layers = nn.ModuleList(stages)

    def forward(self, x):
        maps, x = [], self.patch_embed.seq(x)
        for stage in self.layers:
            maps.append(stage(x))
            x = stage.downsample(maps[-1]) if hasattr(stage, 'downsample') else maps[-1]
        return maps
