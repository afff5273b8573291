"""Every cell of an object fits the phrases that are true of it, of all the phrases there are.

A batch asks each picture a handful of phrases. Here each of its objects is told all nouns and
colors, through the text encoder and the dot products that the detector itself uses.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.data.named_phrases import NamedPhrases
from training.losses.owned_cells import BACKGROUND_WEIGHT, owned_cells

ALPHA = 0.4
GAMMA = 2.0


class PromptNaming(nn.Module):
    """Sigmoid focal loss (arXiv 1708.02002) of the student's similarity of tokens and prompts.

    Args:
        named: All phrases.
        tokenizer: Of the run.
    """

    token_ids: Tensor

    def __init__(self, named: NamedPhrases, tokenizer: WordTokenizer) -> None:
        super().__init__()
        self.named = named
        ids = torch.from_numpy(tokenizer.encode(list(named.phrases)))
        self.register_buffer('token_ids', ids, persistent=False)

    def forward(self, student: NanoStudent, level8: Tensor, batch: Batch) -> Tensor:
        """Return the sum over phrases; every instance weighs the same, whatever its size.

        Args:
            student: Without ``prompt_similarity`` there is nothing to tell.
            level8: (B, width, H, W) image tokens.
            batch: The truth.
        """
        similarity = student.detector.similarity
        if similarity is None:
            return level8.new_zeros(())
        text = similarity.embed_prompts(*student.text_encoder(self.token_ids))
        index, owner, background = owned_cells(
            batch, (int(level8.shape[-2]), int(level8.shape[-1]))
        )
        tokens = level8.permute(0, 2, 3, 1).flatten(0, 2)
        target, judged = self.named.truth(batch.noun, batch.color)
        share = 1.0 / owner.bincount(minlength=len(batch.masks)).clamp(min=1)[owner]
        logits = similarity.logits(tokens[index], text).t()
        named = (focal(logits, target[owner]) * judged[owner]).sum(1)
        nothing = similarity.logits(tokens[background], text).t()
        empty = focal(nothing, torch.zeros_like(nothing)).sum() / max(1, len(nothing))
        return (named * share).sum() / max(1, len(batch.masks)) + BACKGROUND_WEIGHT * empty


def focal(logits: Tensor, target: Tensor) -> Tensor:
    """Return the focal loss of each logit."""
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    wrong = (target - logits.sigmoid()).abs() ** GAMMA
    return (ALPHA * target + (1 - ALPHA) * (1 - target)) * wrong * entropy
