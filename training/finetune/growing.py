"""A network with more words: rows of known words stay, new ones begin as "object"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.core.text.tokenizer import FIRST_WORD_ID
from efficientsam3_ros.simulation.vocabulary import GENERIC

WORDS = 'text_encoder.word.weight'
"""The table of words in a state dict."""
NOISE = 0.1
"""Standard deviation by which new words differ from "object"; words of a trained table differ by
more than 0.5."""


@dataclass(frozen=True, eq=False)
class Grown:
    """A table of words.

    Attributes:
        table: float32 (rows, width), padding and unknown word included.
        new: bool (rows,), rows that were not there.
    """

    table: Tensor
    new: Tensor


def grown_words(table: Tensor, before: Sequence[str], words: Sequence[str], seed: int) -> Grown:
    """Return the table of another list of words.

    A new word begins close to "object", which finds every thing: it has to learn only which.

    Args:
        table: Of the words before.
        before: In the order of their ids.
        words: The new list.
        seed: Of what tells new words apart.
    """
    generator = torch.Generator().manual_seed(seed)
    row = {word: place for place, word in enumerate(before, FIRST_WORD_ID)}
    new = torch.tensor([False] * FIRST_WORD_ID + [word not in row for word in words])
    rows = [*range(FIRST_WORD_ID), *(row.get(word, row[GENERIC]) for word in words)]
    grown = table[torch.tensor(rows)].clone()
    noise = torch.randn(grown.shape, generator=generator) * NOISE
    return Grown(torch.where(new[:, None], grown + noise, grown), new)
