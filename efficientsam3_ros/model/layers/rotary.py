"""Rotary positions on a grid, in real numbers, and the attention that uses them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.layers.layers import attend

THETA = 10000.0


def rotary_table(
    grid: tuple[int, int],
    channels: int,
    unrotated: int = 0,
    spacing: tuple[float, float] = (1.0, 1.0),
) -> Tensor:
    """Return cosines and sines of a grid's rotations (SAM 3's formula, public repository).

    A pair of channels turns by its frequency times a cell's column (first half of the
    pairs) or row (second half).

    Args:
        grid: Rows and columns.
        channels: Channels of one head, a multiple of 4.
        unrotated: Tokens before those of the grid that have no position and are not turned.
        spacing: Rows and columns of a finer grid for one of this one. Places are counted in the
            finer grid's cells; a cell of this grid stands at the centre of those that it covers.

    Returns:
        (2, unrotated + rows * columns, channels / 2), cosines first, cells row-major.
    """
    pairs = channels // 4
    frequency = THETA ** (-torch.arange(pairs, dtype=torch.float32) / pairs)
    places = [torch.arange(n) * step + (step - 1) / 2 for n, step in zip(grid, spacing)]
    y, x = torch.meshgrid(*places, indexing='ij')
    turns = [axis.flatten()[:, None] * frequency for axis in (x, y)]
    angle = F.pad(torch.cat(turns, -1), (0, 0, unrotated, 0))
    return torch.stack([angle.cos(), angle.sin()])


def rotate(x: Tensor, table: Tensor) -> Tensor:
    """Turn channel i of the first half with channel i of the second.

    Args:
        x: (..., L, channels).
        table: From :func:`rotary_table`.
    """
    a, b = x.chunk(2, -1)
    cosine, sine = table[0], table[1]
    return torch.cat([a * cosine - b * sine, a * sine + b * cosine], -1)


class RotaryAttention(nn.Module):
    """Attention whose queries and keys are turned by their place.

    SAM 3 turns neighbouring channels 2i and 2i + 1 with each other. Here they are sorted apart
    into halves when they are projected: queries and keys alike, so that their products stay the
    same, and halves are cut cheaply. The weights keep SAM 3's order.

    Args:
        width: Channels of queries and of the result.
        heads: Heads; a multiple of 4 channels each.
        inner: Channels inside.
        source: Channels of keys and values.
    """

    order: Tensor

    def __init__(self, width: int, heads: int, inner: int, source: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, inner)
        self.k_proj = nn.Linear(source, inner)
        self.v_proj = nn.Linear(source, inner)
        self.o_proj = nn.Linear(inner, width)
        channels = torch.arange(inner).reshape(heads, -1, 2).transpose(1, 2).flatten()
        self.register_buffer('order', channels, persistent=False)

    @torch.no_grad()
    def begin_nearby(self, strength: float) -> None:
        """Set biases so that, before training, near places attend to each other most.

        Args:
            strength: Of the biases; attention logits grow with its square.
        """
        # One channel of each pair: turned by two places, such biases agree best where these meet.
        for layer in (self.q_proj, self.k_proj):
            layer.bias[0::2] = strength
            layer.bias[1::2] = 0.0

    def queries(self, x: Tensor, table: Tensor) -> Tensor:
        """Project and turn queries (B, L, width) to (B, heads, L, channels)."""
        return rotate(self._split(self._sorted(self.q_proj, x)), table)

    def keys(self, x: Tensor, table: Tensor | None) -> Tensor:
        """Project keys (..., L, source) to (..., heads, L, channels), turned by a table."""
        found = self._split(self._sorted(self.k_proj, x))
        return found if table is None else rotate(found, table)

    def values(self, x: Tensor) -> Tensor:
        """Project values (..., L, source) to (..., heads, L, channels)."""
        return self._split(self.v_proj(x))

    def forward(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Tensor:
        """Attend with projected queries (B or 1, ...), keys and values (B, heads, M, channels).

        Args:
            query: From :meth:`queries`.
            key: From :meth:`keys`.
            value: From :meth:`values`.
            bias: Added to the logits; broadcastable to (B, heads, L, M).

        Returns:
            (B, L, width).
        """
        query = query.expand(key.shape[0], -1, -1, -1)
        return self.o_proj(attend(query, key, value, bias).transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(-3, -2)

    def _sorted(self, layer: nn.Linear, x: Tensor) -> Tensor:
        return F.linear(x, layer.weight[self.order], layer.bias[self.order])
