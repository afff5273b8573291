"""What the predictions of YOLOX say of a prompt: its classes, asked by words."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.yolox.head import STRIDES, level_grids

MORE = 2
"""Channels of a classifier beside the features': bias, and weight of the objectness."""
_FAINTEST, _MIDDLE = -12.0, 6.0
"""Log-probabilities -12 to 0 become scores -1 to 1, as large as what else a layer reads."""


@dataclass(frozen=True)
class Evidence:
    """For K prompts at stride 8.

    Attributes:
        score: (K, H, W), -1 (nothing is seen) to 1 (the prompt is surely seen).
        boxes: (K, H * W, 4) cx, cy, w, h, each 0..1, of the level that is surest at a cell.
    """

    score: Tensor
    boxes: Tensor


class ClassEvidence(nn.Module):
    """A linear classifier on the features of YOLOX's head, whose weights the prompt gives.

    The source has 80 fixed classifiers a level; taking them from text makes its vocabulary open
    (as Detic, arXiv 2201.02605, and YOLO-World, arXiv 2401.17270, do). The prompt also says how
    much the objectness counts, which is low for things that the source was never taught.
    ``training.detector.class_words`` gives words of the source's classes the weights that these
    have.

    Args:
        width: Channels of prompt tokens.
        channels: Channels of the head's features of classes.
    """

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, len(STRIDES) * (channels + MORE))
        self.channels = channels

    def weights(self, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Return classifiers (K, levels, channels + 2) of prompts.

        The last two channels are the bias and, before ``softplus``, the weight of the objectness.

        Args:
            prompt: (K, L, width) prompt tokens.
            prompt_mask: (K, L), 1 = valid.
        """
        pooled = self.pooled(prompt, prompt_mask)
        return self.classifier(pooled).unflatten(1, (-1, self.channels + MORE))

    def pooled(self, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Return the mean (K, width) of the valid tokens of prompts."""
        share = prompt_mask / prompt_mask.sum(1, keepdim=True).clamp(min=1)
        return (self.norm(prompt) * share[..., None]).sum(1)

    def log_scores(self, cells: Tensor, weights: Tensor, grid: tuple[int, int]) -> list[Tensor]:
        """Return log-probabilities (K, H, W) at stride 8, one tensor a level.

        Args:
            cells: (K or 1, N, channels + 5) of ``YoloxTrunk.cells``.
            weights: (K, levels, channels + 2) of :meth:`weights`.
            grid: H and W.
        """
        found = []
        for level, rows in enumerate(_levels(cells, grid)):
            score = self._scores(rows.flatten(1, 2), weights[:, level])
            score = score.unflatten(1, (int(rows.shape[1]), int(rows.shape[2])))
            if level:
                score = F.interpolate(score[:, None], grid, mode='bilinear', align_corners=False)[
                    :, 0
                ]
            found.append(score)
        return found

    def forward(
        self, cells: Tensor, prompt: Tensor, prompt_mask: Tensor, grid: tuple[int, int]
    ) -> Evidence:
        """Classify every cell of every level.

        Args:
            cells: (K or 1, N, channels + 5) of ``YoloxTrunk.cells``.
            prompt: (K, L, width) prompt tokens.
            prompt_mask: (K, L), 1 = valid.
            grid: H and W at stride 8.
        """
        best, *coarse = self.log_scores(cells, self.weights(prompt, prompt_mask), grid)
        first, *others = (rows[..., -4:].permute(0, 3, 1, 2) for rows in _levels(cells, grid))
        boxes = first.expand(best.shape[0], -1, -1, -1)
        for score, place in zip(coarse, others):
            place = F.interpolate(place, grid, mode='nearest')
            boxes = torch.where((score > best)[:, None], place, boxes)
            best = torch.maximum(best, score)
        return Evidence((best + _MIDDLE) / _MIDDLE, boxes.flatten(2).transpose(1, 2))

    def _scores(self, rows: Tensor, weights: Tensor) -> Tensor:
        """Return log-probabilities (K, M) of rows (K or 1, M, channels + 5)."""
        features, objectness = rows[..., : self.channels], rows[..., self.channels]
        kernel, bias, trust = weights[:, :-2], weights[:, -2:-1], F.softplus(weights[:, -1:])
        if rows.shape[0] == 1:
            # One product of all prompts: an engine would read the features anew for each.
            logits = kernel @ features[0].t()
        else:
            logits = (features @ kernel[..., None])[..., 0]
        # Exported, logsigmoid is the logarithm of a number that may round to nothing.
        return (trust * objectness - F.softplus(-logits - bias)).clamp(min=_FAINTEST)


def _levels(cells: Tensor, grid: tuple[int, int]) -> list[Tensor]:
    """Split rows (B, N, C) into levels (B, h, w, C), finest first."""
    sizes = level_grids(grid)
    parts = cells.split([height * width for height, width in sizes], 1)
    return [part.unflatten(1, size) for part, size in zip(parts, sizes)]
