"""Sizes and choices of nano, the light student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QuerySelection = Literal['learned', 'proposals']


@dataclass(frozen=True)
class NanoConfig:
    """Shape of the light student; see ``student.StudentConfig`` for the nine others.

    The defaults describe ``nano``, the shipped model, but for its number of words. Its trunk is
    YOLOX-nano; ``model.image.yolox.trunk`` has no choices.

    Attributes:
        input_height: Network input rows, a multiple of 16.
        input_width: Network input columns, a multiple of 16.
        width: Channels of tokens, queries and prompts (256 in SAM 3).
        heads: Attention heads; must divide ``width``.
        pixel_width: Channels of the mask head's per-pixel embedding.
        context_layers: Transformer layers on the map at stride 32 of the lean neck.
        text_layers: Transformer layers of the text encoder.
        text_context: Tokens of one phrase.
        vocabulary_size: Rows of the word table, padding and unknown word included.
        fusion_layers: Layers in which image tokens read the prompt.
        decoder_layers: Layers of the query decoder.
        queries: Number of queries for one prompt (200 in SAM 3).
        query_selection: ``learned`` table (SAM 3) or ``proposals`` from the peaks of a dense map.
        feedforward: Expansion of the feed-forward blocks.
        prompt_similarity: Whether tokens are also compared with the prompt by a dot product.
        class_evidence: Whether queries start from the boxes of YOLOX's head, whose classes are
            asked by words.
        fusion_feedforward: That of the fusion layers, where every image token passes it for every
            prompt; 0 takes ``feedforward``.
        exemplar_bins: Sampling grid inside an exemplar box, per side (7 in SAM 3).

    Raises:
        ValueError: If sizes do not fit together.
    """

    input_height: int = 320
    input_width: int = 416
    width: int = 96
    heads: int = 4
    pixel_width: int = 24
    context_layers: int = 1
    text_layers: int = 1
    text_context: int = 6
    vocabulary_size: int = 64
    fusion_layers: int = 1
    decoder_layers: int = 2
    queries: int = 16
    query_selection: QuerySelection = 'proposals'
    feedforward: int = 2
    prompt_similarity: bool = True
    class_evidence: bool = True
    fusion_feedforward: int = 1
    exemplar_bins: int = 4

    def __post_init__(self) -> None:
        if self.input_height % 16 or self.input_width % 16:
            raise ValueError(
                f'Input {self.input_width}x{self.input_height} is not a multiple of 16 pixels.'
            )
        if self.width % self.heads or self.width % 4:
            raise ValueError(f'Width {self.width} must be a multiple of {self.heads} and of 4.')
        if self.class_evidence and self.query_selection != 'proposals':
            raise ValueError('class_evidence needs query_selection: proposals.')
        if self.queries > (self.input_height // 8) * (self.input_width // 8):
            raise ValueError(f'{self.queries} queries do not fit the stride-8 grid.')

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the stride-8 token grid."""
        return self.input_height // 8, self.input_width // 8
