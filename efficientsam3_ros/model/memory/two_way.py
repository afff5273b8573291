"""SAM's two-way transformer: a few tokens and an image map read each other."""

from __future__ import annotations

from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import Attention, Mlp
from efficientsam3_ros.model.memory.part_configs import MaskDecoderConfig


class TwoWayTransformer(nn.Module):
    """Layers in both directions and a last look of the tokens at the image.

    Args:
        width: Channels.
        config: The mask decoder.
    """

    def __init__(self, width: int, config: MaskDecoderConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            TwoWayLayer(width, config, first=index == 0) for index in range(config.layers)
        )
        self.final_attn = Attention(width, config.heads, width // config.downsample)
        self.final_norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor, image: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """Let tokens and image read each other.

        Args:
            tokens: (N, T, width); their first values are their positions as well.
            image: (N, cells, width).
            position: (1, cells, width).

        Returns:
            Tokens and image, shaped as before.
        """
        x = tokens
        for layer in self.layers:
            x, image = layer(x, image, tokens, position)
        x = x + self.final_attn(x + tokens, image + position, image)
        return self.final_norm(x), image


class TwoWayLayer(nn.Module):
    """Post-norm: tokens read each other, the image, think; the image reads the tokens.

    Args:
        width: Channels.
        config: The mask decoder.
        first: Whether this is the first layer: its tokens are still their own positions, and its
            self-attention replaces them instead of adding to them.
    """

    def __init__(self, width: int, config: MaskDecoderConfig, first: bool) -> None:
        super().__init__()
        self.first = first
        self.self_attn = Attention(width, config.heads)
        self.norm1 = nn.LayerNorm(width)
        self.token_to_image = Attention(width, config.heads, width // config.downsample)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp(width, config.feedforward, width)
        self.norm3 = nn.LayerNorm(width)
        self.image_to_token = Attention(width, config.heads, width // config.downsample)
        self.norm4 = nn.LayerNorm(width)

    def forward(
        self, x: Tensor, image: Tensor, token_position: Tensor, position: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Refine tokens (N, T, width) and image (N, cells, width)."""
        if self.first:
            x = self.self_attn(x, x, x)
        else:
            placed = x + token_position
            x = x + self.self_attn(placed, placed, x)
        x = self.norm1(x)
        key = image + position
        x = self.norm2(x + self.token_to_image(x + token_position, key, image))
        x = self.norm3(x + self.mlp(x))
        image = self.norm4(image + self.image_to_token(key, x + token_position, x))
        return x, image
