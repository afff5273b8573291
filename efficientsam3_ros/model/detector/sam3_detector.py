"""SAM 3's concept detector, written for export (arXiv 2511.16719, facebookresearch/sam3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.detector.decoder import Decoder
from efficientsam3_ros.model.detector.detector_config import DetectorConfig
from efficientsam3_ros.model.detector.heads import (
    AuxiliaryDetections,
    Detections,
    DotProductScoring,
    PresenceHead,
)
from efficientsam3_ros.model.detector.pixel_decoder import PixelMaskHead
from efficientsam3_ros.model.detector.proposals import build_queries
from efficientsam3_ros.model.detector.similarity import PromptSimilarity
from efficientsam3_ros.model.layers.cross_attention import CrossAttentionLayer
from efficientsam3_ros.model.layers.layers import fixed_position_code, mask_bias


class Sam3Detector(nn.Module):
    """Everything between features and instances, for K prompts in one batch.

    Args:
        config: Sizes and choices.
    """

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        width, heads, hidden = config.width, config.heads, config.feedforward
        self.config = config
        self.fusion = nn.ModuleList(
            CrossAttentionLayer(width, heads, hidden) for _ in range(config.fusion_layers)
        )
        guided = config.query_selection == 'proposals'
        self.similarity = PromptSimilarity(width) if guided else None
        self.query_selection = build_queries(
            config.query_selection, width, config.queries, guided=guided
        )
        self.decoder = Decoder(width, heads, hidden, config.decoder_layers, width // 2)
        self.scoring = DotProductScoring(width, hidden, bias=False)
        self.presence = PresenceHead(width, config.query_selection)
        self.mask_head = PixelMaskHead(config)

    def detect(
        self,
        level_2: Tensor,
        prompt: Tensor,
        prompt_mask: Tensor,
        auxiliary: bool = False,
        places: Tensor | None = None,
    ) -> Detections:
        """Find instances without their masks.

        Args:
            level_2: Coarsest feature level (1 or K, width, G, G).
            prompt: Text and exemplar tokens (K, L, width).
            prompt_mask: (K, L), 1 = valid; each prompt has at least one valid token.
            auxiliary: Whether the queries are decoded once more, without self-attention, to be
                trained with several of them a thing (arXiv 2511.16719); the rest stays the same.
            places: int64 (K, Q), cells that proposals start from in place of their peaks, so that
                two networks can be compared query by query; learned queries do not move.
        """
        grid = (int(level_2.shape[-2]), int(level_2.shape[-1]))
        bias = mask_bias(prompt_mask)
        position = fixed_position_code(*grid, self.config.width, device=level_2.device)
        # One image stays a batch of one until its tokens have read the prompts.
        memory = tokens = level_2.flatten(2).transpose(1, 2)
        for layer in self.fusion:
            memory = layer(memory, prompt, position=position, source_bias=bias)
        similarity = None
        if self.similarity is not None:
            similarity = self.similarity(tokens, prompt, prompt_mask)
            memory = self.similarity.added_to(memory, similarity)
        start = self.query_selection(memory, grid, similarity=similarity, places=places)
        content, boxes = start.content, start.boxes
        apart = content.shape[1] if auxiliary else 0
        if auxiliary:
            content, boxes = torch.cat([content] * 2, 1), torch.cat([boxes] * 2, 1)
        decoded = self.decoder(content, boxes, memory, position, grid, prompt, bias, apart)
        logits = tuple(self.scoring(q, prompt, prompt_mask) for q in decoded.queries)
        refined, queries, again = decoded.boxes, decoded.queries[-1], None
        if auxiliary:
            again = AuxiliaryDetections(_rows(logits, apart, None), _rows(refined, apart, None))
            logits, refined = _rows(logits, 0, apart), _rows(refined, 0, apart)
            queries = queries[:, :apart]
        presence = self.presence(decoded.presence, start.evidence(logits[-1]))
        embeddings = F.normalize(queries, dim=-1)
        return Detections(logits, refined, presence, queries, embeddings, start, memory, again)

    def forward(
        self,
        level_0: Tensor,
        level_1: Tensor,
        level_2: Tensor,
        prompt_tokens: Tensor,
        prompt_mask: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Run as exported, on one image.

        Args:
            level_0: (1, width, 4G, 4G).
            level_1: (1, width, 2G, 2G).
            level_2: (1, width, G, G).
            prompt_tokens: (K, L, width).
            prompt_mask: (K, L), 1 = valid.

        Returns:
            scores (K, Q), presence (K,), boxes (K, Q, 4) cx, cy, w, h in 0..1, mask logits
            (K, Q, 4G, 4G) and embeddings (K, Q, width). Scores (match, without presence) and
            presence are probabilities. Q is ``kept_queries``.
        """
        found = self.detect(level_2, prompt_tokens, prompt_mask)
        bias = mask_bias(prompt_mask)
        pixels = self.mask_head.pixels(level_0, level_1, found.memory, prompt_tokens, bias)
        scores, presence = found.logits[-1].sigmoid(), found.presence.sigmoid()
        boxes, queries, embeddings = found.boxes[-1], found.queries, found.embeddings
        if self.config.kept_queries is not None:
            scores, best = scores.topk(self.config.kept_queries, dim=1)
            boxes, queries, embeddings = (
                value.gather(1, best[..., None].expand(-1, -1, value.shape[-1]))
                for value in (boxes, queries, embeddings)
            )
        masks = self.mask_head.instances(queries, pixels)
        return scores, presence, boxes, masks, embeddings


def _rows(layers: tuple[Tensor, ...], first: int, end: int | None) -> tuple[Tensor, ...]:
    """Return some queries of each layer (K, Q, ...)."""
    return tuple(layer[:, first:end] for layer in layers)
