"""Fusion encoder: image tokens read the prompt (SAM 3's detector encoder)."""

from __future__ import annotations

from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import Mlp, ReadingAttention
from efficientsam3_ros.model.nano_config import NanoConfig


class FusionLayer(nn.Module):
    """Read the prompt, feed forward, mix image tokens with each other; pre-norm.

    Args:
        config: Sizes of nano.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        width = config.width
        # Instead of SAM 3's global self-attention: its cost grows linearly with the image.
        self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm2 = nn.LayerNorm(width)
        self.cross_attn = ReadingAttention(width, config.heads)
        self.norm3 = nn.LayerNorm(width)
        hidden = (config.fusion_feedforward or config.feedforward) * width
        self.mlp = Mlp(width, hidden, width)

    def forward(self, x: Tensor, prompt: Tensor, bias: Tensor, grid: tuple[int, int]) -> Tensor:
        """Fuse.

        Args:
            x: Image tokens (K or 1, H*W, width).
            prompt: Prompt tokens (K, L, width).
            bias: Additive bias of masked prompt tokens, (K, 1, 1, L).
            grid: H and W.

        Returns:
            (K, H*W, width).
        """
        x = x + self.cross_attn(self.norm2(x), prompt, prompt, bias)
        x = x + self.mlp(self.norm3(x))
        image = x.transpose(1, 2).unflatten(2, grid)
        return x + self.depthwise(image).flatten(2).transpose(1, 2)
