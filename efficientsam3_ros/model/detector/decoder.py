"""DETR-style decoder with a presence token and box-relative position bias, after SAM 3."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import Attention, Mlp, inverse_sigmoid, sine_code


class BoxBias(nn.Module):
    """Attention bias from a query's box to the image grid (log-scaled corner distances).

    Args:
        width: Hidden channels.
        heads: Attention heads.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.x = Mlp(2, width, heads)
        self.y = Mlp(2, width, heads)

    def forward(self, boxes: Tensor, grid: tuple[int, int]) -> Tensor:
        """Return (K, heads, 1 + Q, H*W) for boxes (K, Q, 4) cx, cy, w, h in 0..1.

        The first row is the presence token's, which has no box: zeros.
        """
        height, width = grid
        half = boxes[..., 2:] / 2
        low, high = boxes[..., :2] - half, boxes[..., :2] + half
        lines_x = _lines(self.x, _log_distance(low[..., 0], high[..., 0], width))
        lines_y = _lines(self.y, _log_distance(low[..., 1], high[..., 1], height))
        return (lines_y[..., :, None] + lines_x[..., None, :]).flatten(3)


def _lines(mlp: Mlp, distances: Tensor) -> Tensor:
    """Return (K, heads, 1 + Q, cells) for distances (K, Q, cells, 2)."""
    # Rows of one table: engines then join each product with its bias and ReLU, which take longer
    # than the product of so few channels.
    lines = mlp(distances.flatten(0, 2)).unflatten(0, distances.shape[:3])
    # Ordered and padded while they are lines: the planes are 72 times as large.
    return nn.functional.pad(lines.permute(0, 3, 1, 2), (0, 0, 1, 0))


def _log_distance(low: Tensor, high: Tensor, cells: int) -> Tensor:
    place = torch.arange(cells, dtype=low.dtype, device=low.device) / cells
    distance = 8 * (place[:, None] - torch.stack([low, high], -1)[..., None, :])
    return distance.sign() * torch.log2(distance.abs() + 1) / 3


class DecoderLayer(nn.Module):
    """Post-norm: self-attention, prompt cross-attention, image cross-attention, feed-forward.

    Args:
        width: Channels.
        heads: Attention heads.
        hidden: Hidden channels of the feed-forward block.
    """

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.self_attn_norm = nn.LayerNorm(width)
        self.text_cross_attn = Attention(width, heads)
        self.text_cross_attn_norm = nn.LayerNorm(width)
        self.vision_cross_attn = Attention(width, heads)
        self.vision_cross_attn_norm = nn.LayerNorm(width)
        self.mlp = Mlp(width, hidden, width)
        self.mlp_norm = nn.LayerNorm(width)

    def forward(
        self,
        x: Tensor,
        query_position: Tensor,
        memory: Tensor,
        memory_position: Tensor,
        prompt: Tensor,
        prompt_bias: Tensor,
        box_bias: Tensor,
        apart: int = 0,
    ) -> Tensor:
        """Update presence token and queries x (K, 1 + Q, width).

        The last ``apart`` queries take no part in self-attention, and the others do not see them.
        """
        q = x + query_position
        if apart:
            q = q[:, :-apart]
            read = nn.functional.pad(self.self_attn(q, q, x[:, :-apart]), (0, 0, 0, apart))
        else:
            read = self.self_attn(q, q, x)
        x = self.self_attn_norm(x + read)
        q = x + query_position
        x = self.text_cross_attn_norm(x + self.text_cross_attn(q, prompt, prompt, prompt_bias))
        q = x + query_position
        read = self.vision_cross_attn(q, memory + memory_position, memory, box_bias)
        x = self.vision_cross_attn_norm(x + read)
        return self.mlp_norm(x + self.mlp(x))


@dataclass(frozen=True)
class Decoded:
    """Decoder output, one entry a layer.

    Attributes:
        queries: (K, Q, width) each.
        boxes: (K, Q, 4) refined cx, cy, w, h in 0..1 each.
        presence: (K, width) presence token after the last layer.
    """

    queries: tuple[Tensor, ...]
    boxes: tuple[Tensor, ...]
    presence: Tensor


class Decoder(nn.Module):
    """Layers with iterative box refinement.

    Args:
        width: Channels.
        heads: Attention heads.
        hidden: Hidden channels of the feed-forward blocks.
        layers: Number of layers.
        code: Channels of the sine code of one box coordinate, even (``width // 2`` in SAM 3).
        refine: Whether layers refine the boxes. Those of a trained dense detector are exact
            already; a refinement that has seen little data moves them away.
    """

    def __init__(
        self, width: int, heads: int, hidden: int, layers: int, code: int, refine: bool = True
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DecoderLayer(width, heads, hidden) for _ in range(layers))
        self.presence_token = nn.Parameter(torch.randn(1, width) * 0.02)
        self.presence_norm = nn.LayerNorm(width)
        self.output_norm = nn.LayerNorm(width)
        self.ref_point_head = Mlp(4 * code, width, width)
        self.box_bias = BoxBias(width, heads)
        self.box_head = Mlp(width, width, width, 4) if refine else None
        self.code = code
        if self.box_head is not None:
            nn.init.zeros_(self.box_head.last.weight)
            nn.init.zeros_(self.box_head.last.bias)

    def forward(
        self,
        content: Tensor,
        boxes: Tensor,
        memory: Tensor,
        memory_position: Tensor,
        grid: tuple[int, int],
        prompt: Tensor,
        prompt_bias: Tensor,
        apart: int = 0,
    ) -> Decoded:
        """Decode.

        Args:
            content: Query content (K, Q, width).
            boxes: Reference boxes (K, Q, 4) cx, cy, w, h in 0..1.
            memory: Fused image tokens (K, H*W, width).
            memory_position: Their position code (1, H*W, width).
            grid: H and W of the memory.
            prompt: Prompt tokens (K, L, width).
            prompt_bias: (K, 1, 1, L).
            apart: How many queries, the last ones, have no self-attention.
        """
        x = torch.cat([self.presence_token.expand(content.shape[0], 1, -1), content], 1)
        queries, refined = [], []
        for layer in self.layers:
            reference = boxes.detach()
            # The presence row has neither a place nor a box.
            cx, cy, w, h = reference.unbind(-1)
            code = sine_code(torch.stack([cy, cx, w, h], -1), self.code)
            position = self.ref_point_head(code)
            position = nn.functional.pad(position, (0, 0, 1, 0))
            bias = self.box_bias(reference, grid)
            x = layer(x, position, memory, memory_position, prompt, prompt_bias, bias, apart)
            hidden = self.output_norm(x[:, 1:])
            if self.box_head is not None:
                boxes = (self.box_head(hidden) + inverse_sigmoid(reference)).sigmoid()
            queries.append(hidden)
            refined.append(boxes)
        return Decoded(tuple(queries), tuple(refined), self.presence_norm(x[:, 0]))
