"""nano, the light student: parts as they are exported, and the whole as it is trained."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.model.detector.class_evidence import ClassEvidence
from efficientsam3_ros.model.detector.decoder import Decoder
from efficientsam3_ros.model.detector.exemplar_encoder import ExemplarEncoder
from efficientsam3_ros.model.detector.fusion import FusionLayer
from efficientsam3_ros.model.detector.heads import (
    Detections,
    DotProductScoring,
    MaskHead,
    PresenceHead,
)
from efficientsam3_ros.model.detector.proposals import build_queries
from efficientsam3_ros.model.detector.similarity import PromptSimilarity
from efficientsam3_ros.model.image.image_encoder import ImageEncoder
from efficientsam3_ros.model.image.yolox.trunk import HEAD_WIDTH
from efficientsam3_ros.model.layers.layers import fixed_center_code, mask_bias
from efficientsam3_ros.model.nano_config import NanoConfig
from efficientsam3_ros.model.text.text_encoder import TextEncoder


class Detector(nn.Module):
    """Everything between features and instances, for K prompts in one batch.

    Args:
        config: The student.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        self.width = config.width
        self.fusion = nn.ModuleList(FusionLayer(config) for _ in range(config.fusion_layers))
        width, hidden = config.width, config.feedforward * config.width
        self.similarity = PromptSimilarity(width) if config.prompt_similarity else None
        asked = config.class_evidence
        self.evidence = ClassEvidence(width, HEAD_WIDTH) if asked else None
        self.query_selection = build_queries(config.query_selection, width, config.queries, asked)
        layers = config.decoder_layers
        self.decoder = Decoder(width, config.heads, hidden, layers, width // 4, refine=not asked)
        self.scoring = DotProductScoring(width, hidden, bias=True)
        self.presence = PresenceHead(width, config.query_selection)
        self.mask_head = MaskHead(config)
        self.appearance = nn.Linear(config.width, config.width)

    def detect(
        self, level8: Tensor, prompt: Tensor, prompt_mask: Tensor, cells: Tensor | None = None
    ) -> Detections:
        """Find instances without their masks.

        Args:
            level8: (K or 1, width, H/8, W/8) image tokens.
            prompt: (K, L, width) prompt tokens.
            prompt_mask: (K, L), 1 = valid.
            cells: (K or 1, N, channels) of ``YoloxTrunk.cells``, for ``class_evidence``.
        """
        grid = (int(level8.shape[-2]), int(level8.shape[-1]))
        bias = mask_bias(prompt_mask)
        fused = self._fused(level8, prompt, prompt_mask, grid)
        evidence = None
        if self.evidence is not None:
            assert cells is not None, 'the image encoder of this configuration gives them'
            evidence = self.evidence(cells, prompt, prompt_mask, grid)
        start = self.query_selection(fused, grid, evidence)
        small = (grid[0] // 2, grid[1] // 2)
        # The decoder reads at stride 16: a quarter of the keys, little lost for a few queries.
        memory = (
            F.avg_pool2d(fused.transpose(1, 2).unflatten(2, grid), 2).flatten(2).transpose(1, 2)
        )
        decoded = self.decoder(
            start.content, start.boxes, memory, self._position(small, level8), small, prompt, bias
        )
        logits = tuple(self.scoring(q, prompt, prompt_mask) for q in decoded.queries)
        if start.prior is not None:
            logits = tuple(own + start.prior for own in logits)
        presence = self.presence(decoded.presence, start.evidence(logits[-1]))
        embeddings = F.normalize(self.appearance(decoded.queries[-1]), dim=-1)
        return Detections(
            logits, decoded.boxes, presence, decoded.queries[-1], embeddings, start, fused
        )

    def forward(
        self,
        pixels: Tensor,
        level8: Tensor,
        prompt: Tensor,
        prompt_mask: Tensor,
        cells: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Run as exported, on one image.

        Returns:
            scores (K, Q), presence (K,), boxes (K, Q, 4), mask logits (K, Q, H/2, W/2) and
            embeddings (K, Q, width). Scores (match, without presence) and presence are
            probabilities.
        """
        found = self.detect(level8, prompt, prompt_mask, cells)
        scores, presence = found.logits[-1].sigmoid(), found.presence.sigmoid()
        masks = self.mask_head(found.queries, found.boxes[-1], pixels)
        return scores, presence, found.boxes[-1], masks, found.embeddings

    def _fused(
        self, level8: Tensor, prompt: Tensor, prompt_mask: Tensor, grid: tuple[int, int]
    ) -> Tensor:
        """Let the image tokens read the prompts; return them, (K, H*W, width)."""
        tokens = fused = level8.flatten(2).transpose(1, 2)
        if not self.fusion:
            fused = fused.expand(prompt.shape[0], -1, -1)
        bias = mask_bias(prompt_mask)
        for layer in self.fusion:
            fused = layer(fused, prompt, bias, grid)
        if self.similarity is None:
            return fused
        return self.similarity.added_to(fused, self.similarity(tokens, prompt, prompt_mask))

    def _position(self, grid: tuple[int, int], like: Tensor) -> Tensor:
        return fixed_center_code(*grid, self.width, device=like.device)


class NanoStudent(nn.Module):
    """The whole network; its four children are what an export writes.

    Args:
        config: Sizes and choices.
    """

    def __init__(self, config: NanoConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = ImageEncoder(config)
        self.text_encoder = TextEncoder(config)
        self.exemplar_encoder = ExemplarEncoder(config)
        self.detector = Detector(config)
