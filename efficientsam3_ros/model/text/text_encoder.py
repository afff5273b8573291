"""Text encoder of nano: word embeddings and a short transformer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.layers.layers import EncoderLayer, mask_bias
from efficientsam3_ros.model.nano_config import NanoConfig


class TextEncoder(nn.Module):
    """Words to prompt tokens; pads (id 0) are masked out.

    Args:
        config: Sizes of nano.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        self.word = nn.Embedding(config.vocabulary_size, config.width)
        self.position = nn.Parameter(torch.zeros(config.text_context, config.width))
        self.layers = nn.ModuleList(
            EncoderLayer(config.width, config.heads, config.feedforward)
            for _ in range(config.text_layers)
        )
        self.norm = nn.LayerNorm(config.width)
        nn.init.normal_(self.word.weight, std=0.5)
        nn.init.normal_(self.position, std=0.02)

    def forward(self, token_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Encode phrases.

        Args:
            token_ids: int64 (K, text_context), 0 pads.

        Returns:
            Tokens (K, text_context, width) and their validity (K, text_context), 1 = valid.
        """
        mask = (token_ids != 0).to(self.word.weight.dtype)
        x = self.word(token_ids) + self.position
        bias = mask_bias(mask)
        for layer in self.layers:
            x = layer(x, bias=bias)
        return self.norm(x), mask
