"""Small blocks that the parts of the network share, all exportable with fixed shapes."""

from __future__ import annotations

from itertools import pairwise
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.layers.constant import constant

# Large enough to silence a masked key, small enough to stay finite in half precision.
MASKED_BIAS = -1e4


def mask_bias(mask: Tensor) -> Tensor:
    """Turn key validity (B, L), 1 = valid, into an additive attention bias (B, 1, 1, L)."""
    return ((1.0 - mask) * MASKED_BIAS)[:, None, None, :]


class Attention(nn.Module):
    """Multi-head attention with separate query, key and value inputs.

    Args:
        width: Channels outside.
        heads: Heads; must divide ``width`` and ``inner``.
        inner: Channels inside; as many as outside when absent.
    """

    def __init__(self, width: int, heads: int, inner: int | None = None) -> None:
        super().__init__()
        self.heads, inner = heads, inner or width
        self.q_proj = nn.Linear(width, inner)
        self.k_proj = nn.Linear(width, inner)
        self.v_proj = nn.Linear(width, inner)
        self.o_proj = nn.Linear(inner, width)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None
    ) -> Tensor:
        """Attend.

        Args:
            query: (B, N, width).
            key: (B, M, width).
            value: (B, M, width).
            bias: Added to the logits; broadcastable to (B, heads, N, M).

        Returns:
            (B, N, width).
        """
        q, k, v = (
            self._split(self.q_proj(query)),
            self._split(self.k_proj(key)),
            self._split(self.v_proj(value)),
        )
        return self.o_proj(attend(q, k, v, bias).transpose(1, 2).flatten(2))

    def fuse(self) -> Attention:
        """Drop, in place, the biases that inference does not need; the numbers stay.

        That of the keys adds the same to all logits of a query, and softmax takes it out again;
        that of the values passes the weights, which sum to 1, and joins the output's. Once only,
        and without gradients; see ``reparameterize``.
        """
        assert self.o_proj.bias is not None and self.v_proj.bias is not None
        self.o_proj.bias.add_(self.o_proj.weight @ self.v_proj.bias)
        for layer in (self.k_proj, self.v_proj):
            layer.register_parameter('bias', None)
        return self


class ReadingAttention(Attention):
    """Attention of many queries to a few keys: the same numbers with fewer operations.

    The projections of queries and of the result are applied to the keys and values, of which there
    are so few that this costs nothing, and no map of queries is cut into heads.
    """

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None
    ) -> Tensor:
        """Attend; see :class:`Attention`.

        Args:
            query: (B or 1, N, width); one that all keys share is projected once.
            key: (B, M, width).
            value: (B, M, width).
            bias: Added to the logits, (B, 1 or heads, 1, M).

        Returns:
            (B, N, width).
        """
        keys = self._split(self.k_proj(key))
        keys = keys * (1.0 / math.sqrt(keys.shape[-1]))
        values = self._split(self.v_proj(value))
        asked = keys @ self.q_proj.weight.unflatten(0, (self.heads, -1))
        answers = values @ self.o_proj.weight.t().unflatten(0, (self.heads, -1))
        offset = (keys @ self.q_proj.bias.unflatten(0, (self.heads, -1))[..., None])[..., 0]
        if bias is not None:
            offset = offset + bias[:, :, 0]
        logits = query @ asked.flatten(1, 2).transpose(1, 2) + offset.flatten(1)[:, None]
        weights = logits.unflatten(2, (self.heads, -1)).softmax(-1).flatten(2)
        return weights @ answers.flatten(1, 2) + self.o_proj.bias


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    """Softmax attention of (B, heads, N or M, channels)."""
    if not torch.compiler.is_exporting():
        # The fused kernel spares the logits: a 72x72 grid with itself takes 0.8 GB of them.
        mask = None if bias is None else bias.to(q.dtype)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    # The same in plain operations, which every engine reads.
    logits = q @ k.transpose(-1, -2) * (1.0 / math.sqrt(q.shape[-1]))
    if bias is not None:
        logits = logits + bias
    return logits.softmax(-1) @ v


class Mlp(nn.Module):
    """Linear layers with ReLU between them.

    Args:
        widths: Channels from input to output, at least two numbers.
    """

    def __init__(self, *widths: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    @property
    def last(self) -> nn.Linear:
        """The output layer."""
        layer = self.layers[-1]
        assert isinstance(layer, nn.Linear)
        return layer

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., widths[0]) to (..., widths[-1])."""
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


class EncoderLayer(nn.Module):
    """Pre-norm self-attention and feed-forward block.

    Args:
        width: Channels.
        heads: Attention heads.
        feedforward: Expansion of the hidden layer.
    """

    def __init__(self, width: int, heads: int, feedforward: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.self_attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp(width, feedforward * width, width)

    def forward(
        self, x: Tensor, position: Tensor | None = None, bias: Tensor | None = None
    ) -> Tensor:
        """Map (B, N, width) to the same shape; ``position`` is added to queries and keys only."""
        t = self.norm1(x)
        qk = t if position is None else t + position
        x = x + self.self_attn(qk, qk, t, bias)
        return x + self.mlp(self.norm2(x))


class ConvBlock(nn.Module):
    """Depthwise 3x3 then pointwise convolution, each normalised.

    Args:
        channels: Channels in and out.
        kernel: Depthwise kernel size, odd.
    """

    def __init__(self, channels: int, kernel: int = 3) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            channels, channels, kernel, padding=kernel // 2, groups=channels, bias=False
        )
        self.norm1 = nn.BatchNorm2d(channels)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape, with a residual connection."""
        return F.relu(x + self.norm2(self.pointwise(F.relu(self.norm1(self.depthwise(x))))))


def sine_code(coordinates: Tensor, width: int) -> Tensor:
    """Encode coordinates by sines, SAM 3's formula (temperature 10000).

    Args:
        coordinates: (..., n), each 0..1.
        width: Channels for one coordinate, even.

    Returns:
        (..., n * width), coordinates in the given order.
    """
    angle = coordinates[..., None] * _frequencies(width, device=coordinates.device)
    code = torch.stack([angle[..., 0::2].sin(), angle[..., 1::2].cos()], -1)
    return code.flatten(-3)


@constant
def _frequencies(width: int) -> Tensor:
    index = torch.arange(width, dtype=torch.float32)
    return 2 * math.pi / 10000 ** (2 * torch.div(index, 2, rounding_mode='floor') / width)


def grid_centers(height: int, width: int) -> Tensor:
    """Return the (x, y) cell centres of a grid, (height * width, 2), each 0..1, row-major."""
    y = (torch.arange(height) + 0.5) / height
    x = (torch.arange(width) + 0.5) / width
    yy, xx = torch.meshgrid(y, x, indexing='ij')
    return torch.stack([xx, yy], -1).reshape(-1, 2)


def position_code(height: int, width: int, channels: int) -> Tensor:
    """Return SAM 3's position code of a grid, (1, height * width, channels), y before x."""
    # Coded per row and per column: the sines of the whole grid would dwarf the exported graph.
    y = (torch.arange(height) + 1) / (height + 1e-6)
    x = (torch.arange(width) + 1) / (width + 1e-6)
    rows = sine_code(y[:, None], channels // 2)[:, None].expand(-1, width, -1)
    columns = sine_code(x[:, None], channels // 2)[None].expand(height, -1, -1)
    return torch.cat([rows, columns], -1).flatten(0, 1)[None]


def center_code(height: int, width: int, channels: int) -> Tensor:
    """Return nano's position code of a grid, (1, height * width, channels), y before x."""
    return sine_code(grid_centers(height, width).flip(-1), channels // 2)[None]


# What a forward pass asks for, by the same sizes and a device.
fixed_grid_centers = constant(grid_centers)
fixed_position_code = constant(position_code)
fixed_center_code = constant(center_code)


def inverse_sigmoid(value: Tensor, eps: float = 1e-3) -> Tensor:
    """Logit of a value clamped to 0..1, as SAM 3 refines its boxes."""
    value = value.clamp(0, 1)
    return torch.log(value.clamp(min=eps) / (1 - value).clamp(min=eps))
