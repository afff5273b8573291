"""Sizes and choices of a detector with SAM 3's architecture."""

from __future__ import annotations

from dataclasses import dataclass

from efficientsam3_ros.model.nano_config import QuerySelection


@dataclass(frozen=True)
class DetectorConfig:
    """Shape of everything between neck features and instances.

    The defaults are SAM 3's (arXiv 2511.16719), so that its weights fit; the input size is free.

    Attributes:
        width: Channels of tokens, queries, prompts and feature levels, a multiple of 8.
        heads: Attention heads; must divide ``width``.
        feedforward: Hidden channels of every feed-forward block and of the prompt scoring.
        fusion_layers: Layers in which image tokens read the prompt.
        decoder_layers: Layers of the query decoder.
        exemplar_layers: Layers in which exemplars read the image.
        queries: Queries for one prompt.
        query_selection: ``learned`` table (SAM 3), or ``proposals`` from the peaks of a dense map
            of how well each cell fits the prompt, which a training from nothing needs.
        exemplar_bins: Cells inside an exemplar box, per side.
        kept_queries: Best queries that get a mask in the exported graph, by descending score;
            None keeps all of them in the order of the table.

    Raises:
        ValueError: If sizes do not fit together.
    """

    width: int = 256
    heads: int = 8
    feedforward: int = 2048
    fusion_layers: int = 6
    decoder_layers: int = 6
    exemplar_layers: int = 3
    queries: int = 200
    query_selection: QuerySelection = 'learned'
    exemplar_bins: int = 7
    kept_queries: int | None = 64

    def __post_init__(self) -> None:
        if self.width % self.heads or self.width % 8:
            raise ValueError(f'Width {self.width} must be a multiple of {self.heads} and of 8.')
        if self.kept_queries is not None and not 1 <= self.kept_queries <= self.queries:
            raise ValueError(
                f'From 1 to {self.queries} queries can be kept, got {self.kept_queries}; '
                'None keeps all.'
            )
