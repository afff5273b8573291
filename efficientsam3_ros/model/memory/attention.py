"""Memory attention: the current frame reads what is remembered of each object."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import Mlp, position_code
from efficientsam3_ros.model.layers.rotary import RotaryAttention, rotary_table
from efficientsam3_ros.model.memory.bank import MemoryTokens
from efficientsam3_ros.model.memory.config import MemoryConfig

# SAM 3 adds a tenth of the position code to the map.
_POSITION_SHARE = 0.1


class MemoryAttention(nn.Module):
    """Layers of self-attention on the frame and attention to an object's memory.

    The frame is turned by its cells, a dense memory likewise; windowed latents are turned by the
    cells of their own grid, global latents and pointers are not turned (EdgeTAM).

    Args:
        config: The memory.
    """

    position: Tensor
    frame_table: Tensor
    memory_table: Tensor

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            MemoryAttentionLayer(config) for _ in range(config.attention_layers)
        )
        self.norm = nn.LayerNorm(config.width)
        channels = config.attention_width // config.attention_heads
        frame = memory = rotary_table(config.grid, channels)
        if config.kind == 'perceiver':
            sizes = config.perceiver
            spacing = (1.0, 1.0)
            if sizes.places == 'centres':
                rows, columns = (g / w for g, w in zip(config.grid, sizes.windows))
                spacing = (rows, columns)
            memory = rotary_table(sizes.windows, channels, sizes.global_latents, spacing)
        position = _POSITION_SHARE * position_code(*config.grid, config.width)
        self.register_buffer('position', position, persistent=False)
        self.register_buffer('frame_table', frame, persistent=False)
        self.register_buffer('memory_table', memory, persistent=False)

    def forward(self, frame: Tensor, tokens: MemoryTokens) -> Tensor:
        """Read the memory.

        Args:
            frame: (1 or N, cells, width) tokens of image level 2.
            tokens: Memory of N objects.

        Returns:
            (N, cells, width).
        """
        x = frame + self.position
        for layer in self.layers:
            x = layer(x, tokens, self.frame_table, self.memory_table)
        return self.norm(x)


class MemoryAttentionLayer(nn.Module):
    """Pre-norm self-attention, attention to memory, feed-forward block.

    Before the first attention to memory all objects share the frame, so the first layer's
    self-attention runs once however many objects there are.

    Args:
        config: The memory.
    """

    def __init__(self, config: MemoryConfig) -> None:
        super().__init__()
        width, heads, inner = config.width, config.attention_heads, config.attention_width
        self.norm1 = nn.LayerNorm(width)
        self.self_attn = RotaryAttention(width, heads, inner, width)
        self.norm2 = nn.LayerNorm(width)
        self.cross_attn = RotaryAttention(width, heads, inner, config.memory_width)
        self.norm3 = nn.LayerNorm(width)
        self.mlp = Mlp(width, config.feedforward, width)
        if config.near_start:
            self.self_attn.begin_nearby(config.near_start)
            self.cross_attn.begin_nearby(config.near_start)

    def forward(
        self, x: Tensor, tokens: MemoryTokens, frame_table: Tensor, memory_table: Tensor
    ) -> Tensor:
        """Map frame tokens (1 or N, cells, width) to (N, cells, width)."""
        t, attention = self.norm1(x), self.self_attn
        key = attention.keys(t, frame_table)
        x = x + attention(attention.queries(t, frame_table), key, attention.values(t), None)
        query = self.cross_attn.queries(self.norm2(x), frame_table)
        key, value = self._memory(tokens, memory_table)
        x = x + self.cross_attn(query, key, value, tokens.bias)
        return x + self.mlp(self.norm3(x))

    def _memory(self, tokens: MemoryTokens, table: Tensor) -> tuple[Tensor, Tensor]:
        """Project frames and pointers to keys and values (N, heads, S * L + M, channels)."""
        attention = self.cross_attn
        # Frames and their latents become one row of tokens behind the heads.
        key = attention.keys(tokens.keys, table).transpose(1, 2).flatten(2, 3)
        value = attention.values(tokens.values).transpose(1, 2).flatten(2, 3)
        return (
            torch.cat([key, attention.keys(tokens.pointer_keys, None)], 2),
            torch.cat([value, attention.values(tokens.pointers)], 2),
        )
