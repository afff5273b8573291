"""Scores, presence, masks and appearance from decoded queries."""

from __future__ import annotations

from dataclasses import dataclass
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.detector.proposals import Queries
from efficientsam3_ros.model.layers.constant import constant
from efficientsam3_ros.model.layers.layers import Mlp, grid_centers
from efficientsam3_ros.model.nano_config import NanoConfig, QuerySelection

SCORE_LIMIT = 12.0


@dataclass(frozen=True)
class AuxiliaryDetections:
    """What the queries find once more, without self-attention; training only.

    Attributes:
        logits: (K, Q) concept logits, one entry a decoder layer.
        boxes: (K, Q, 4) cx, cy, w, h in 0..1, one entry a decoder layer.
    """

    logits: tuple[Tensor, ...]
    boxes: tuple[Tensor, ...]


@dataclass(frozen=True)
class Detections:
    """Raw detector output for K prompts; tuples hold one entry a decoder layer.

    Attributes:
        logits: (K, Q) concept logits.
        boxes: (K, Q, 4) cx, cy, w, h in 0..1.
        presence: (K,) presence logit.
        queries: (K, Q, width) decoded queries of the last layer.
        embeddings: (K, Q, width) unit-length appearance vectors.
        start: Where the queries started, with the dense maps.
        memory: (K, H*W, width) image tokens after the fusion encoder.
        auxiliary: What the same queries find without seeing each other, if it was asked for.
    """

    logits: tuple[Tensor, ...]
    boxes: tuple[Tensor, ...]
    presence: Tensor
    queries: Tensor
    embeddings: Tensor
    start: Queries
    memory: Tensor
    auxiliary: AuxiliaryDetections | None = None


class DotProductScoring(nn.Module):
    """A query's logit is its dot product with the pooled prompt (SAM 3).

    Args:
        width: Channels.
        hidden: Hidden channels of the block that prompt tokens pass first.
        bias: Add a learned constant to the logits (not in SAM 3).
    """

    def __init__(self, width: int, hidden: int, bias: bool) -> None:
        super().__init__()
        self.text_mlp = Mlp(width, hidden, width)
        self.text_norm = nn.LayerNorm(width)
        self.text_proj = nn.Linear(width, width)
        self.query_proj = nn.Linear(width, width)
        self.bias = nn.Parameter(torch.tensor(-2.0)) if bias else None
        self.scale = 1.0 / math.sqrt(width)

    def forward(self, queries: Tensor, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Return logits (K, Q) for queries (K, Q, width) and prompt tokens (K, L, width)."""
        tokens = self.text_norm(prompt + self.text_mlp(prompt))
        weight = prompt_mask / prompt_mask.sum(1, keepdim=True).clamp(min=1)
        pooled = self.text_proj((tokens * weight[..., None]).sum(1))
        logits = (self.query_proj(queries) * pooled[:, None]).sum(-1) * self.scale
        if self.bias is not None:
            logits = logits + self.bias
        return logits.clamp(-SCORE_LIMIT, SCORE_LIMIT)


class PresenceHead(nn.Module):
    """Whether the concept is in the image at all.

    The presence token decides as in SAM 3; with proposals it also sees the maxima of the dense
    maps, which a light decoder cannot read out of a few queries.

    Args:
        width: Channels.
        selection: Where queries start.
    """

    def __init__(self, width: int, selection: QuerySelection) -> None:
        super().__init__()
        self.extra = 3 if selection == 'proposals' else 0
        self.mlp = Mlp(width + self.extra, width, width, 1)

    def forward(self, token: Tensor, evidence: Tensor | None) -> Tensor:
        """Return presence logits (K,) from the token (K, width) and evidence (K, extra)."""
        x = token if evidence is None else torch.cat([token, evidence], -1)
        return self.mlp(x)[:, 0]


@constant
def _quadratic_basis(height: int, width: int) -> Tensor:
    """Return x^2, xy, y^2, x, y and 1 of a grid's cells, (6, height * width)."""
    x, y = grid_centers(height, width).unbind(-1)
    return torch.stack([x * x, x * y, y * y, x, y, torch.ones_like(x)])


class MaskHead(nn.Module):
    """Masks as dot products with pixel embeddings, plus an elliptic prior inside the box.

    The prior is a quadratic form of the place relative to the query's box, so the whole head is
    one matrix product with six extra channels: x^2, xy, y^2, x, y and 1.

    Args:
        config: Sizes of nano.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        width, pixel = config.width, config.pixel_width
        self.embed = Mlp(width, width, pixel + 5)
        self.pixel = pixel
        nn.init.zeros_(self.embed.last.bias)

    def forward(self, queries: Tensor, boxes: Tensor, pixels: Tensor) -> Tensor:
        """Return mask logits (K, Q, h, w).

        Args:
            queries: (K, Q, width).
            boxes: (K, Q, 4) cx, cy, w, h in 0..1.
            pixels: (K or 1, pixel_width, h, w).
        """
        height, width = pixels.shape[-2:]
        out = self.embed(queries)
        basis = _quadratic_basis(int(height), int(width), device=pixels.device)
        weights = torch.cat(
            [out[..., : self.pixel] * self.pixel**-0.5, self._prior(out, boxes)], -1
        )
        if pixels.shape[0] == 1:
            # One product of all rows: an engine would read the pixels anew for each prompt.
            channels = torch.cat([pixels.reshape(self.pixel, -1), basis])
            masks = weights.flatten(0, 1) @ channels
            return masks.unflatten(0, weights.shape[:2]).unflatten(2, (height, width))
        flat = pixels.flatten(2)
        channels = torch.cat([flat, basis.expand(flat.shape[0], -1, -1)], 1)
        return (weights @ channels).unflatten(2, (height, width))

    def _prior(self, out: Tensor, boxes: Tensor) -> Tensor:
        """Coefficients (K, Q, 6) of level - sharpness * |A (p - centre) / half size|^2."""
        shape = out[..., self.pixel :]
        half = boxes[..., 2:].clamp(min=0.01) / 2
        sharp = F.softplus(shape[..., 0] + 1)
        ax, ay = 1 + shape[..., 1].tanh() * 0.9, 1 + shape[..., 2].tanh() * 0.9
        skew, level = shape[..., 3].tanh(), shape[..., 4]
        a = ax / half[..., 0] ** 2
        c = ay / half[..., 1] ** 2
        b = 2 * skew * (a * c).sqrt()
        cx, cy = boxes[..., 0], boxes[..., 1]
        constant = a * cx * cx + b * cx * cy + c * cy * cy - 1
        terms = [a, b, c, -(2 * a * cx + b * cy), -(2 * c * cy + b * cx), constant]
        quadratic = torch.stack(terms, -1) * -sharp[..., None]
        return quadratic + F.pad(level[..., None], (5, 0))
