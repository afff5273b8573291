"""Where queries start: a learned table, or the peaks of a dense map."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.detector.class_evidence import Evidence
from efficientsam3_ros.model.layers.layers import fixed_grid_centers, inverse_sigmoid
from efficientsam3_ros.model.nano_config import QuerySelection

_GAIN = 3.0
"""Logits that sure evidence adds, and missing evidence takes away, before training."""


@dataclass(frozen=True)
class Queries:
    """Starting point of the decoder for K prompts.

    Attributes:
        content: (K, Q, width).
        boxes: (K, Q, 4) cx, cy, w, h, each 0..1.
        center_logits: (K, H/8, W/8) dense centre map, None for learned queries.
        semantic_logits: (K, H/8, W/8) dense concept map, None for learned queries.
        dense_boxes: (K, 4, H/8, W/8) box predicted at each cell, None for learned queries.
        prior: (K, Q) what the image encoder's own classifier adds to a query's logit, if there
            is one.
        places: int64 (K, Q) cell of the dense map that a query comes from, row by row; None for
            learned queries.
    """

    content: Tensor
    boxes: Tensor
    center_logits: Tensor | None = None
    semantic_logits: Tensor | None = None
    dense_boxes: Tensor | None = None
    prior: Tensor | None = None
    places: Tensor | None = None

    def evidence(self, logits: Tensor) -> Tensor | None:
        """What the maps and the last layer's logits (K, Q) say about presence.

        Returns:
            (K, 3) maxima, scaled and without gradient; None for learned queries.
        """
        if self.center_logits is None or self.semantic_logits is None:
            return None
        maxima = [self.center_logits.flatten(1).amax(1), self.semantic_logits.flatten(1).amax(1)]
        return torch.stack([*maxima, logits.amax(1)], -1).detach() * 0.25


class LearnedQueries(nn.Module):
    """SAM 3's query and reference tables, the same for every image.

    Args:
        width: Channels.
        queries: Rows of the tables.
    """

    def __init__(self, width: int, queries: int) -> None:
        super().__init__()
        self.query_embed = nn.Parameter(torch.randn(queries, width))
        self.reference_points = nn.Parameter(torch.randn(queries, 4))

    def forward(
        self,
        fused: Tensor,
        grid: tuple[int, int],
        evidence: Evidence | None = None,
        similarity: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Queries:
        """Repeat the tables for each prompt.

        Only K is read, of ``fused`` (K, H*W, width); the other arguments are those of proposals.
        """
        count = fused.shape[0]
        return Queries(
            self.query_embed.expand(count, -1, -1),
            self.reference_points.sigmoid().expand(count, -1, -1),
        )


class ProposalQueries(nn.Module):
    """The highest local maxima of a dense centre map become queries.

    A light model learns this much faster than a learned table: a query starts on its object.

    Args:
        width: Channels.
        queries: Number of peaks; the grid must hold as many cells.
        evidence: Whether the image encoder has a classifier of its own, on which all is based.
        guided: Whether the maps begin with how similar each cell is to the prompt: the
            language-guided query selection of Grounding DINO (arXiv 2303.05499).
    """

    def __init__(
        self, width: int, queries: int, evidence: bool = False, guided: bool = False
    ) -> None:
        super().__init__()
        self.queries = queries
        self.norm = nn.LayerNorm(width)
        self.heads = nn.Linear(width, 6)
        self.content = nn.Linear(width, width)
        with torch.no_grad():
            self.heads.weight.mul_(0.1)
            self.heads.bias.copy_(torch.tensor([-3.0, -2.0, 0.0, 0.0, -2.0, -2.0]))
            if evidence:
                self.heads.bias[4:] = 0.0
            if guided:
                self.heads.bias[:2] = 0.0
        # Of center and score.
        self.gain = nn.Parameter(torch.full((2,), _GAIN)) if evidence else None

    def forward(
        self,
        fused: Tensor,
        grid: tuple[int, int],
        evidence: Evidence | None = None,
        similarity: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Queries:
        """Pick queries from fused tokens (K, H*W, width) on the given grid (H, W).

        Args:
            fused: The tokens.
            grid: Their rows and columns.
            evidence: Of the image encoder's own classifier, if it has one.
            similarity: (K, H*W) logits of cells and prompts, where the selection is ``guided``.
            places: int64 (K, Q), cells to take in place of the peaks.
        """
        tokens = self.norm(fused)
        heads = self.heads(tokens)
        center, semantic = heads[..., 0], heads[..., 1]
        if similarity is not None:
            center, semantic = center + similarity, semantic + similarity
        prior = None
        if evidence is not None and self.gain is not None:
            seen = evidence.score.flatten(1)
            center, prior = center + self.gain[0] * seen, self.gain[1] * seen
        boxes = self._boxes(heads[..., 2:], grid, evidence)
        index = self._peaks(center.unflatten(1, grid)) if places is None else places
        gather = index[..., None]
        content = self.content(tokens.gather(1, gather.expand(-1, -1, tokens.shape[-1])))
        return Queries(
            content,
            boxes.gather(1, gather.expand(-1, -1, 4)),
            center.unflatten(1, grid),
            semantic.unflatten(1, grid),
            boxes.transpose(1, 2).unflatten(2, grid),
            None if prior is None else prior.gather(1, index),
            index,
        )

    def _boxes(self, offsets: Tensor, grid: tuple[int, int], evidence: Evidence | None) -> Tensor:
        """Return boxes (K, H*W, 4) from what the heads (K, H*W, 4) add to a cell or a box."""
        height, width = grid
        cell = offsets.new_tensor([1.0 / width, 1.0 / height])
        moved, sizes = 2 * cell * offsets[..., :2].tanh(), offsets[..., 2:]
        if evidence is None:
            centers = fixed_grid_centers(height, width, device=offsets.device)
            return torch.cat([centers + moved, sizes.sigmoid()], -1)
        start = evidence.boxes
        sizes = (inverse_sigmoid(start[..., 2:]) + sizes).sigmoid()
        return torch.cat([start[..., :2] + moved, sizes], -1)

    def _peaks(self, logits: Tensor) -> Tensor:
        highest = F.max_pool2d(logits[:, None], 3, stride=1, padding=1)[:, 0]
        is_peak = (logits >= highest).to(logits.dtype)
        score = logits.detach() - (1 - is_peak) * 100
        return score.flatten(1).topk(self.queries, dim=1).indices


def build_queries(
    selection: QuerySelection,
    width: int,
    queries: int,
    evidence: bool = False,
    guided: bool = False,
) -> nn.Module:
    """Return the named query selection; proposals may be based on evidence or be guided."""
    if selection == 'proposals':
        return ProposalQueries(width, queries, evidence, guided)
    return LearnedQueries(width, queries)
