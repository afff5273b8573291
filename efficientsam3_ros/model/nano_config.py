"""Sizes and choices of nano, the light student."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

QuerySelection = Literal['learned', 'proposals']
TokenMixing = Literal['attention', 'convolution']


@dataclass(frozen=True)
class NanoConfig:
    """Shape of the light student; see ``student.StudentConfig`` for the nine others.

    The defaults describe ``nano``: real time on two CPU cores, trainable from a simulated table.

    Attributes:
        backbone: ``yolox_nano``, or a timm model name; its feature maps at strides 2, 4, 8, 16 and
            maybe 32 are read.
        input_height: Network input rows, a multiple of 16.
        input_width: Network input columns, a multiple of 16.
        width: Channels of tokens, queries and prompts (256 in SAM 3).
        heads: Attention heads; must divide ``width``.
        pixel_width: Channels of the mask head's per-pixel embedding.
        deepest_stride: Stride of the trunk's last map that the lean neck reads, 16 or 32.
        context_layers: Transformer layers on the coarse map of the lean neck.
        context_stride: Stride of that map, 16 or 32; 32 has a quarter of the tokens.
        text_layers: Transformer layers of the text encoder.
        text_context: Tokens of one phrase.
        vocabulary_size: Rows of the word table, padding and unknown word included.
        fusion_layers: Layers in which image tokens read the prompt.
        fusion_mixing: How fusion layers mix neighbouring tokens: SAM 3's global self-attention, or
            a depthwise convolution whose cost grows linearly with the image.
        decoder_layers: Layers of the query decoder.
        queries: Number of queries for one prompt (200 in SAM 3).
        query_selection: ``learned`` table (SAM 3) or ``proposals`` from the peaks of a dense map.
        feedforward: Expansion of the feed-forward blocks.
        prompt_similarity: Whether tokens are also compared with the prompt by a dot product.
        class_evidence: Whether queries start from the boxes of YOLOX's head, whose classes are
            asked by words; for the backbone ``yolox_nano``.
        fusion_feedforward: That of the fusion layers, where every image token passes it for every
            prompt; 0 takes ``feedforward``.
        exemplar_bins: Sampling grid inside an exemplar box, per side (7 in SAM 3).

    Raises:
        ValueError: If sizes do not fit together.
    """

    backbone: str = 'efficientnet_lite0'
    input_height: int = 240
    input_width: int = 320
    width: int = 96
    heads: int = 4
    pixel_width: int = 32
    deepest_stride: Literal[16, 32] = 16
    context_layers: int = 1
    context_stride: Literal[16, 32] = 16
    text_layers: int = 1
    text_context: int = 6
    vocabulary_size: int = 64
    fusion_layers: int = 1
    fusion_mixing: TokenMixing = 'convolution'
    decoder_layers: int = 2
    queries: int = 16
    query_selection: QuerySelection = 'proposals'
    feedforward: int = 2
    prompt_similarity: bool = False
    class_evidence: bool = False
    fusion_feedforward: int = 0
    exemplar_bins: int = 4

    def __post_init__(self) -> None:
        if self.input_height % 16 or self.input_width % 16:
            raise ValueError(
                f'Input {self.input_width}x{self.input_height} is not a multiple of 16 pixels.'
            )
        if self.width % self.heads or self.width % 4:
            raise ValueError(f'Width {self.width} must be a multiple of {self.heads} and of 4.')
        if self.deepest_stride not in (16, 32):
            raise ValueError(f'The deepest stride is 16 or 32, got {self.deepest_stride}.')
        if self.context_stride not in (16, self.deepest_stride):
            raise ValueError(
                f'A context at stride {self.context_stride} needs deepest_stride: 32.'
            )
        if self.class_evidence and (self.backbone, self.query_selection) != (
            'yolox_nano',
            'proposals',
        ):
            raise ValueError(
                'class_evidence needs backbone: yolox_nano and query_selection: proposals.'
            )
        if self.queries > (self.input_height // 8) * (self.input_width // 8):
            raise ValueError(f'{self.queries} queries do not fit the stride-8 grid.')

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the stride-8 token grid."""
        return self.input_height // 8, self.input_width // 8
