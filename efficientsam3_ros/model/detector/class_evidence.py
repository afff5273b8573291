"""What the predictions of YOLOX say of a prompt: its classes, asked by words."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.image.yolox.head import STRIDES, level_grids

_FAINTEST = -12.0
_MIDDLE = 6.0


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
    (as Detic, arXiv 2201.02605, and YOLO-World, arXiv 2401.17270, do).
    ``training.class_words`` gives words of the source's classes the weights that these have.

    Args:
        width: Channels of prompt tokens.
        channels: Channels of the head's features of classes.
    """

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, len(STRIDES) * (channels + 1))
        self.channels = channels

    def weights(self, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Return classifiers (K, levels, channels + 1), the bias last, of prompts.

        Args:
            prompt: (K, L, width) prompt tokens.
            prompt_mask: (K, L), 1 = valid.
        """
        share = prompt_mask / prompt_mask.sum(1, keepdim=True).clamp(min=1)
        pooled = (self.norm(prompt) * share[..., None]).sum(1)
        return self.classifier(pooled).unflatten(1, (-1, self.channels + 1))

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
        weights = self.weights(prompt, prompt_mask)
        best: Tensor | None = None
        boxes = cells
        begin = 0
        for level, (height, width) in enumerate(level_grids(grid)):
            rows = cells[:, begin : begin + height * width]
            begin += height * width
            score = self._scores(rows, weights[:, level]).unflatten(1, (height, width))
            place = rows[..., -4:].transpose(1, 2).unflatten(2, (height, width))
            if best is None:
                best, boxes = score, place.expand(score.shape[0], -1, -1, -1)
                continue
            score = F.interpolate(score[:, None], grid, mode='bilinear', align_corners=False)[:, 0]
            place = F.interpolate(place, grid, mode='nearest')
            boxes = torch.where((score > best)[:, None], place, boxes)
            best = torch.maximum(best, score)
        assert best is not None
        return Evidence((best + _MIDDLE) / _MIDDLE, boxes.flatten(2).transpose(1, 2))

    def _scores(self, rows: Tensor, weights: Tensor) -> Tensor:
        """Return log-probabilities (K, M) of rows (K or 1, M, channels + 5)."""
        features, objectness = rows[..., : self.channels], rows[..., self.channels]
        if rows.shape[0] == 1:
            # One product of all prompts: an engine would read the features anew for each.
            logits = weights[:, :-1] @ features[0].t()
        else:
            logits = (features @ weights[:, :-1, None])[..., 0]
        logits = logits + weights[:, -1:]
        return (objectness - F.softplus(-logits)).clamp(min=_FAINTEST)
