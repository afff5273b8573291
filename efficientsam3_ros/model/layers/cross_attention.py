"""The layer in which one set of tokens reads another: fusion and exemplar encoders."""

from __future__ import annotations

from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import Attention, Mlp


class CrossAttentionLayer(nn.Module):
    """Pre-norm self-attention, cross-attention and feed-forward, in SAM 3's order.

    Either side may have a batch of one, which is then shared by all prompts.

    Args:
        width: Channels.
        heads: Attention heads.
        hidden: Hidden channels of the feed-forward block.
    """

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.self_attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.cross_attn = Attention(width, heads)
        self.norm3 = nn.LayerNorm(width)
        self.mlp = Mlp(width, hidden, width)

    def forward(
        self,
        x: Tensor,
        source: Tensor,
        *,
        position: Tensor | None = None,
        bias: Tensor | None = None,
        source_position: Tensor | None = None,
        source_bias: Tensor | None = None,
    ) -> Tensor:
        """Read.

        Args:
            x: Reading tokens (K or 1, N, width).
            source: Tokens that are read (K or 1, M, width).
            position: Added to queries and keys of the self-attention, (1, N, width).
            bias: Added to its logits, (K, 1, 1, N).
            source_position: Added to the keys of the cross-attention, (1, M, width).
            source_bias: Added to its logits, (K, 1, 1, M).

        Returns:
            (K, N, width).
        """
        t = self.norm1(x)
        qk = t if position is None else t + position
        x = x + self.self_attn(qk, qk, t, bias)
        keys = source if source_position is None else source + source_position
        x = x + self.cross_attn(self.norm2(x), keys, source, source_bias)
        return x + self.mlp(self.norm3(x))
