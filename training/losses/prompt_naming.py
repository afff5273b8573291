"""Every cell of an object fits the phrases that are true of it, of all the phrases there are.

A batch asks each picture a handful of phrases. Here each of its objects is told all nouns and
colors, through the text encoder and the dot products that the detector itself uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.model.nano_student import NanoStudent
from training.data.batch import Batch
from training.data.colored_nouns import ColoredNouns
from training.data.named_phrases import NamedPhrases
from training.losses.owned_cells import BACKGROUND_WEIGHT, owned_cells

ALPHA = 0.4
GAMMA = 2.0


@dataclass(frozen=True)
class Told:
    """What the M things of a batch are told.

    Attributes:
        token_ids: int64 (R, T), the phrases.
        target: float32 (M, R), whether a phrase is true of a thing, 1 or 0.
        judged: bool (M, R), whether that is known.
    """

    token_ids: Tensor
    target: Tensor
    judged: Tensor


class PromptNaming(nn.Module):
    """Sigmoid focal loss (arXiv 1708.02002) of the student's similarity of tokens and prompts.

    Args:
        named: All phrases.
        tokenizer: Of the run.
        colored: Pairs of a color and a noun, drawn anew for every batch; None for no pairs.
        pairs: The most that are told beside ``named``.
    """

    token_ids: Tensor
    pair_ids: Tensor

    def __init__(
        self,
        named: NamedPhrases,
        tokenizer: WordTokenizer,
        colored: ColoredNouns | None = None,
        pairs: int = 0,
    ) -> None:
        super().__init__()
        self.named, self.colored, self.pairs = named, colored, pairs
        self.register_buffer('token_ids', _ids(tokenizer, named.phrases), persistent=False)
        texts = () if colored is None else colored.phrases
        self.register_buffer('pair_ids', _ids(tokenizer, texts), persistent=False)

    def told(self, batch: Batch) -> Told:
        """Return all phrases, and pairs if there are any, with what they say of a batch."""
        alone = self.named.truth(batch.noun, batch.color)
        if self.colored is None:
            return Told(self.token_ids, *alone)
        pairs = self.colored.draw(batch.noun, batch.color, self.pairs)
        both = self.colored.truth(batch.noun, batch.color, pairs)
        ids = torch.cat([self.token_ids, self.pair_ids[pairs.to(self.pair_ids.device)]])
        return Told(ids, *(torch.cat(parts, 1) for parts in zip(alone, both)))

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
        told = self.told(batch)
        text = similarity.embed_prompts(*student.text_encoder(told.token_ids))
        index, owner, background = owned_cells(
            batch, (int(level8.shape[-2]), int(level8.shape[-1]))
        )
        tokens = level8.permute(0, 2, 3, 1).flatten(0, 2)
        share = 1.0 / owner.bincount(minlength=len(batch.masks)).clamp(min=1)[owner]
        logits = similarity.logits(tokens[index], text).t()
        named = (focal(logits, told.target[owner]) * told.judged[owner]).sum(1)
        nothing = similarity.logits(tokens[background], text).t()
        empty = focal(nothing, torch.zeros_like(nothing)).sum() / max(1, len(nothing))
        return (named * share).sum() / max(1, len(batch.masks)) + BACKGROUND_WEIGHT * empty


def focal(logits: Tensor, target: Tensor) -> Tensor:
    """Return the focal loss of each logit."""
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    wrong = (target - logits.sigmoid()).abs() ** GAMMA
    return (ALPHA * target + (1 - ALPHA) * (1 - target)) * wrong * entropy


def _ids(tokenizer: WordTokenizer, phrases: Sequence[str]) -> Tensor:
    return torch.from_numpy(tokenizer.encode(list(phrases)))
