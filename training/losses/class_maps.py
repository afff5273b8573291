"""What a detector's predictions say of every cell of a grid: how likely it shows which class."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.model.image.yolox.head import decoded_boxes

STRIDE = 8
"""Of the grid, pixels."""
LEAST_SCORE = 0.05
"""Predictions below it say nothing."""
MIDDLE = 0.6
"""Share of a box's width and height that its thing almost surely fills."""
PER_CLASS, PER_IMAGE = 20, 100
"""How many predictions are kept, the best ones."""
SMALLER, SURE = 0.5, 0.25
"""Below what share of a box's area, and from what score on, another class's box lies before it."""


@dataclass(frozen=True, eq=False)
class ClassMaps:
    """Classes of every cell.

    Attributes:
        score: float32 (B, C, H, W) best score of the boxes whose middle a cell is in, else 0.
        unsure: bool (B, C, H, W) cells without a score that some box holds all the same: near
            its border, or behind a smaller thing.
    """

    score: Tensor
    unsure: Tensor


@dataclass(frozen=True, eq=False)
class Found:
    """The K best predictions of each image; the same cell may give several classes.

    Attributes:
        boxes: (B, K, 4) cx, cy, w, h, each 0..1 of the input.
        classes: int64 (B, K).
        scores: (B, K) objectness times class, each a probability.
    """

    boxes: Tensor
    classes: Tensor
    scores: Tensor


def best_predictions(raw: Tensor, height: int, width: int) -> Found:
    """Return the best predictions, first of each class, then of each image.

    Args:
        raw: (B, N, 5 + C) raw predictions of ``YoloxTrunk``.
        height: Rows of the input, pixels.
        width: Its columns.
    """
    scores = raw[..., 4:5].sigmoid() * raw[..., 5:].sigmoid()
    best, rows = scores.topk(min(PER_CLASS, scores.shape[1]), 1)
    kept, place = best.flatten(1).topk(min(PER_IMAGE, best[0].numel()), 1)
    row = rows.flatten(1).gather(1, place)[..., None].expand(-1, -1, 4)
    boxes = decoded_boxes(raw, height, width).gather(1, row)
    return Found(boxes, place % scores.shape[2], kept)


def class_maps(
    found: Found, grid: tuple[int, int], size: tuple[int, int], classes: int
) -> ClassMaps:
    """Paint predictions onto the cells of a grid.

    Args:
        found: The predictions.
        grid: Rows and columns at stride 8.
        size: Rows and columns of the input, pixels.
        classes: Number of classes.
    """
    likely = found.scores[..., None] >= LEAST_SCORE
    middle = _inside(found.boxes, grid, size, MIDDLE) & likely
    holds = _inside(found.boxes, grid, size, 1.0) & likely
    claim = found.scores[..., None] * (middle & ~_behind(found, middle))
    rows = found.classes[..., None].expand_as(claim)
    blank = claim.new_zeros(len(claim), classes, claim.shape[2])
    score = blank.scatter_reduce(1, rows, claim, 'amax')
    held = blank.scatter_reduce(1, rows, holds.to(blank), 'amax')
    unsure = (held > 0) & (score == 0)
    return ClassMaps(score.unflatten(2, grid), unsure.unflatten(2, grid))


def _inside(boxes: Tensor, grid: tuple[int, int], size: tuple[int, int], share: float) -> Tensor:
    """Tell whether cells' centers are in the middle of boxes, bool (B, K, H * W).

    The cell in which a box has its center always is, however small the box.
    """
    fits = []
    for axis in (1, 0):
        cell = STRIDE / size[1 - axis]
        centers = (torch.arange(grid[1 - axis]).to(boxes) + 0.5) * cell
        reach = (boxes[..., 2 + axis] * (share / 2)).clamp(min=cell / 2)[..., None]
        fits.append((boxes[..., axis, None] - centers).abs() <= reach)
    return (fits[0][..., :, None] & fits[1][..., None, :]).flatten(2)


def _behind(found: Found, middle: Tensor) -> Tensor:
    """Tell where a smaller thing of another class lies in front, bool (B, K, H * W).

    A table's box holds what lies on it.
    """
    area = found.boxes[..., 2] * found.boxes[..., 3]
    sure = middle & (found.scores[..., None] >= SURE)
    least, first = torch.where(sure, area[..., None], torch.inf).min(1)
    other = found.classes.gather(1, first)[:, None] != found.classes[..., None]
    return other & (least[:, None] < SMALLER * area[..., None])
