"""The students' text encoders: MobileCLIP-S0, MobileCLIP-S1 and MobileCLIP2-L.

Sources: MobileCLIP (arXiv 2311.17049, 2508.20691) and SimonZeng7108/efficientsam3. Parameter names
are those of transformers' ``Sam3LiteText``, so that conversion is renaming.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from timm.layers import Mlp
import torch
from torch import Tensor, nn

from efficientsam3_ros.model.text.repmixer import RepMixerBlock

TextName = Literal['s0', 's1', 'l']
VOCABULARY = 49408
CONTEXTS = (16, 32)
"""Phrase lengths that the students were trained with."""


@dataclass(frozen=True)
class TextSpec:
    """Shape of a text encoder.

    Attributes:
        title: Name in the publications.
        layers: Blocks, RepMixer blocks included.
        width: Channels.
        heads: Attention heads; must divide ``width``.
        repmixer: Whether the first and the last block are RepMixer blocks.
        vocabulary: Rows of the token table.
    """

    title: str
    layers: int
    width: int
    heads: int
    repmixer: bool = False
    vocabulary: int = VOCABULARY


TEXTS: dict[TextName, TextSpec] = {
    's0': TextSpec('MobileCLIP-S0', 6, 512, 8, repmixer=True),
    's1': TextSpec('MobileCLIP-S1', 12, 512, 8),
    'l': TextSpec('MobileCLIP2-L', 12, 768, 12),
}


class SelfAttention(nn.Module):
    """Multi-head self-attention in which every token sees every token, pads included.

    Args:
        width: Channels.
        heads: Attention heads.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)
        self.scale = (width // heads) ** -0.5

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, width) to the same shape."""
        q, k, v = (self._split(layer(x)) for layer in (self.q_proj, self.k_proj, self.v_proj))
        weights = (q * self.scale @ k.transpose(-1, -2)).softmax(-1)
        return self.out_proj((weights @ v).transpose(1, 2).flatten(2))


class TransformerBlock(nn.Module):
    """Pre-norm attention and feed-forward network.

    Args:
        width: Channels.
        heads: Attention heads.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.layer_norm1 = nn.LayerNorm(width)
        self.self_attn = SelfAttention(width, heads)
        self.layer_norm2 = nn.LayerNorm(width)
        self.mlp = Mlp(width, 4 * width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, L, width) to the same shape."""
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class TokenEmbeddings(nn.Module):
    """Token table and learned positions; upstream trains 77 of them and keeps the first ones.

    Args:
        spec: Shape of the encoder.
        context: Tokens of a phrase.
    """

    def __init__(self, spec: TextSpec, context: int) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(spec.vocabulary, spec.width)
        positions = nn.init.normal_(torch.empty(1, 1, context, spec.width), std=spec.width**-0.5)
        self.position_embedding = nn.ParameterDict({'position_embedding': positions})

    def forward(self, token_ids: Tensor) -> Tensor:
        """Map ids (B, context) to (B, context, width)."""
        return self.token_embedding(token_ids) + self.position_embedding['position_embedding'][0]


class MobileClipTextEncoder(nn.Module):
    """Phrases to prompt tokens, all of them, projected to the detector's width.

    Pads take part in attention, as the students were trained; only the mask marks them. Phrases
    must therefore be padded to exactly ``context`` tokens: another length changes the result.

    Args:
        spec: Shape of the encoder.
        context: Tokens of a phrase, 16 or 32 in released weights.
        output_width: Channels of the detector.
    """

    def __init__(self, spec: TextSpec, context: int, output_width: int = 256) -> None:
        super().__init__()
        self.context = context
        self.embeddings = TokenEmbeddings(spec, context)
        mixers = {0, spec.layers - 1} if spec.repmixer else set()
        self.layers = nn.ModuleList(
            RepMixerBlock(spec.width, 4 * spec.width)
            if number in mixers
            else TransformerBlock(spec.width, spec.heads)
            for number in range(spec.layers)
        )
        self.final_layer_norm = nn.LayerNorm(spec.width)
        self.text_projection = nn.Linear(spec.width, output_width)

    def forward(self, token_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Encode phrases.

        Args:
            token_ids: int64 (K, context), 0 pads.

        Returns:
            text_tokens (K, context, output_width) and text_mask (K, context), 1 = valid.
        """
        x = self.embeddings(token_ids)
        for layer in self.layers:
            x = layer(x)
        tokens = self.text_projection(self.final_layer_norm(x))
        return tokens, (token_ids != 0).to(tokens.dtype)
