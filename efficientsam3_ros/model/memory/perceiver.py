"""Spatial Perceiver: a memory map becomes a few latents, some of which keep a place."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.layers.layers import attend, position_code
from efficientsam3_ros.model.memory.config import MemoryConfig
from efficientsam3_ros.model.memory.part_configs import PerceiverConfig


class SpatialPerceiver(nn.Module):
    """Compress the memory map of each object (EdgeTAM, arXiv 2501.07256, section 3.2).

    Global latents read the whole map, whose positions are mixed into keys and values; a windowed
    latent reads one window of the map, with or without these positions, and stands for that place.
    One set of layers serves both.

    Args:
        config: The memory; the Perceiver's ``windows`` divide its ``grid``.
    """

    position: Tensor

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        width, sizes = config.memory_width, config.perceiver
        self.global_latents = nn.Parameter(torch.randn(sizes.global_latents, width))
        self.windowed_latents = nn.Parameter(torch.randn(sizes.windowed_latents, width))
        self.layers = nn.ModuleList(
            PerceiverLayer(width, config.grid, sizes) for _ in range(sizes.depth)
        )
        self.norm = nn.LayerNorm(width)
        self.register_buffer('position', position_code(*config.grid, width), persistent=False)

    def forward(self, memory: Tensor) -> Tensor:
        """Compress maps (N, C, rows, columns) to latents (N, L, C): global, then windowed."""
        tokens = memory.flatten(2).transpose(1, 2)
        latents = torch.cat([self.global_latents, self.windowed_latents])
        latents = latents.expand(tokens.shape[0], -1, -1)
        for layer in self.layers:
            latents = layer(latents, tokens, self.position)
        return self.norm(latents)


class PerceiverLayer(nn.Module):
    """Latents read the map, then each other; a feed-forward block after either.

    Args:
        width: Channels of memory and latents.
        grid: Rows and columns of the map.
        sizes: The Perceiver.
    """

    def __init__(self, width: int, grid: tuple[int, int], sizes: PerceiverConfig) -> None:
        super().__init__()
        self.grid, self.windows, self.split = grid, sizes.windows, sizes.global_latents
        self.joint = sizes.mixing == 'joint'
        self.window_positions = sizes.window_positions
        self.norm_memory = nn.LayerNorm(width)
        self.norm_latents = nn.LayerNorm(width)
        self.cross_attn = _PlainAttention(width, sizes.heads)
        self.mlp = _FeedForward(width, sizes.expansion)
        self.norm_self = nn.LayerNorm(width)
        self.self_attn = _PlainAttention(width, sizes.heads)
        self.self_mlp = _FeedForward(width, sizes.expansion)

    def forward(self, latents: Tensor, tokens: Tensor, position: Tensor) -> Tensor:
        """Refine latents (N, L, C) with map tokens (N, cells, C) and their positions (1, ...)."""
        latents = latents + self._read(self.norm_latents(latents), tokens, position)
        latents = latents + self.mlp(latents)
        latents = latents + self._mix(self.norm_self(latents))
        return latents + self.self_mlp(latents)

    def _read(self, latents: Tensor, tokens: Tensor, position: Tensor) -> Tensor:
        attention, memory = self.cross_attn, self.norm_memory(tokens)
        query = attention.q_proj(latents)
        key, value = attention.k_proj(memory), attention.v_proj(memory)
        placed_key, placed_value = key + position, value + position
        found = attention(query[:, : self.split], placed_key, placed_value)
        if self.window_positions:
            key, value = placed_key, placed_value
        # One query for each window: windows stand where a batch would.
        alone = query[:, self.split :, None]
        windowed = attention(alone, self._cut(key), self._cut(value)).flatten(1, 2)
        return torch.cat([found, windowed], 1)

    def _mix(self, latents: Tensor) -> Tensor:
        attention = self.self_attn
        value = attention.v_proj(latents)
        mixed, alone = latents, value[:, self.split :]
        if not self.joint:
            mixed, value = latents[:, : self.split], value[:, : self.split]
        found = attention(attention.q_proj(mixed), attention.k_proj(mixed), value)
        # A windowed latent that sees only itself takes its own value.
        return found if self.joint else torch.cat([found, attention.o_proj(alone)], 1)

    def _cut(self, tokens: Tensor) -> Tensor:
        """Cut map tokens (N, cells, C) into windows (N, windows, cells of one, C), row-major."""
        rows, columns = self.windows
        height, width = self.grid[0] // rows, self.grid[1] // columns
        cut = tokens.unflatten(1, (rows, height, columns, width)).transpose(2, 3)
        return cut.flatten(3, 4).flatten(1, 2)


class _PlainAttention(nn.Module):
    """Attention without biases; its user projects queries, keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend with queries (..., L, C), keys and values (..., M, C)."""
        q, k, v = (
            x.unflatten(-1, (self.heads, -1)).transpose(-3, -2) for x in (query, key, value)
        )
        return self.o_proj(attend(q, k, v, None).transpose(-3, -2).flatten(-2))


class _FeedForward(nn.Module):
    """Normalised, without biases."""

    def __init__(self, width: int, expansion: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, expansion * width, bias=False)
        self.down = nn.Linear(expansion * width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., C) to the same shape."""
        return self.down(F.gelu(self.up(self.norm(x))))
