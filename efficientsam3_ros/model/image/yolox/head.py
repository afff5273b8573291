"""Decoupled head of YOLOX: classes on one branch, box and objectness on the other."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.image.yolox.blocks import ConvSilu, separable

STRIDES = (8, 16, 32)
"""Of the maps that give boxes, in the order of the predictions' rows."""


def level_grids(grid: tuple[int, int]) -> list[tuple[int, int]]:
    """Return rows and columns of all levels, given those at stride 8."""
    finest = STRIDES[0]
    return [(-(-grid[0] * finest // s), -(-grid[1] * finest // s)) for s in STRIDES]


class LevelHead(nn.Module):
    """Head of one pyramid level; modules stand in the order in which they are called.

    Args:
        source: Channels of the level.
        width: Channels of the head.
        classes: Number of classes.
    """

    def __init__(self, source: int, width: int, classes: int) -> None:
        super().__init__()
        self.stem = ConvSilu(source, width)
        self.class_branch = nn.Sequential(separable(width, width), separable(width, width))
        self.class_prediction = nn.Conv2d(width, classes, 1)
        self.box_branch = nn.Sequential(separable(width, width), separable(width, width))
        self.box_prediction = nn.Conv2d(width, 4, 1)
        # Random boxes are about as large as their cells: sizes are exponentials.
        nn.init.normal_(self.box_prediction.weight, std=0.01)
        self.objectness_prediction = nn.Conv2d(width, 1, 1)

    def forward(self, level: Tensor) -> tuple[Tensor, Tensor]:
        """Map a level (B, source, H, W) to features of classes and of boxes (B, width, H, W)."""
        x = self.stem(level)
        return self.class_branch(x), self.box_branch(x)

    def predict(self, classes: Tensor, boxes: Tensor) -> Tensor:
        """Turn the features of :meth:`forward` into rows of raw predictions.

        Returns:
            (B, H * W, 5 + classes), cells row-major: x, y, log w, log h (strides, x and y from
            the cell's corner), logits of objectness and of the classes.
        """
        raw = [self.box_prediction(boxes), self.objectness_prediction(boxes)]
        return torch.cat([*raw, self.class_prediction(classes)], 1).flatten(2).transpose(1, 2)


def probabilities(raw: Tensor) -> Tensor:
    """Return predictions in the form of the source's files: all but boxes as probabilities."""
    return torch.cat([raw[..., :4], raw[..., 4:].sigmoid()], -1)


def decoded_boxes(raw: Tensor, height: int, width: int) -> Tensor:
    """Return the boxes of raw predictions.

    Args:
        raw: (B, N, 4 or more) from all levels, finest first.
        height: Rows of the input, pixels.
        width: Its columns.

    Returns:
        (B, N, 4) cx, cy, w, h, each 0..1 of the input.
    """
    corners, scales = [], []
    for stride in STRIDES:
        rows, columns = -(-height // stride), -(-width // stride)
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing='ij')
        corners.append(torch.stack([x, y], -1).reshape(-1, 2))
        scales.append(torch.full((rows * columns, 1), float(stride)))
    corner, scale = torch.cat(corners).to(raw), torch.cat(scales).to(raw)
    size = raw.new_tensor([width, height])
    centers = (raw[..., :2] + corner) * scale / size
    return torch.cat([centers, raw[..., 2:4].exp() * scale / size], -1)
