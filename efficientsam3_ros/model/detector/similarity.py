"""How well each image token fits a prompt."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from efficientsam3_ros.model.detector.heads import SCORE_LIMIT

_BIAS = -4.0
_STEP = 0.25


class PromptSimilarity(nn.Module):
    """Dot products of image tokens and pooled prompts, as the region-word scores of GLIP.

    Training tells them about every noun at once (``training.losses.prompt_naming``), which a
    handful of phrases an image cannot. The detector gets them as one more direction of its tokens;
    it starts as nothing, so that this part can be added to a trained network.

    Args:
        width: Channels of tokens and prompts.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.token_norm, self.token_proj = nn.LayerNorm(width), nn.Linear(width, width)
        self.text_norm, self.text_proj = nn.LayerNorm(width), nn.Linear(width, width)
        self.bias = nn.Parameter(torch.tensor(_BIAS))
        self.direction = nn.Parameter(torch.zeros(width))
        self.scale = 1.0 / math.sqrt(width)

    def embed_tokens(self, tokens: Tensor) -> Tensor:
        """Map image tokens (..., width) to the same shape."""
        return self.token_proj(self.token_norm(tokens)) * self.scale

    def embed_prompts(self, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Pool the prompt tokens (K, L, width) that the mask (K, L) calls valid; (K, width)."""
        weight = prompt_mask / prompt_mask.sum(1, keepdim=True).clamp(min=1)
        return self.text_proj((self.text_norm(prompt) * weight[..., None]).sum(1))

    def logits(self, tokens: Tensor, text: Tensor) -> Tensor:
        """Return logits (R, M) of tokens (M, width) that R prompts share, pooled to (R, width)."""
        return text @ self.embed_tokens(tokens).t() + self.bias

    def forward(self, tokens: Tensor, prompt: Tensor, prompt_mask: Tensor) -> Tensor:
        """Return logits (K, N).

        Args:
            tokens: (K or 1, N, width) image tokens.
            prompt: (K, L, width) prompt tokens.
            prompt_mask: (K, L), 1 = valid.
        """
        text = self.embed_prompts(prompt, prompt_mask)
        if tokens.shape[0] == 1:
            # One product of all prompts: an engine would read the tokens anew for each.
            logits = self.logits(tokens[0], text)
        else:
            logits = (self.embed_tokens(tokens) @ text[..., None])[..., 0] + self.bias
        return logits.clamp(-SCORE_LIMIT, SCORE_LIMIT)

    def added_to(self, fused: Tensor, logits: Tensor) -> Tensor:
        """Return tokens (K, N, width) that tell their logits (K, N)."""
        return fused + (logits * _STEP)[..., None] * self.direction
