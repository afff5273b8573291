"""Phrases such as "red mug": a color and a noun, true of a thing only where both are."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.simulation.vocabulary import GENERIC, HELD_OUT_PAIRS
from training.data.named_phrases import NamedPhrases
from training.data.phrases import COLOR_NAMES
from training.data.vocabulary import Vocabulary


@dataclass(frozen=True)
class ColoredNouns:
    """All pairs of a color and a noun or wider noun, but for those that stay unseen.

    Pair ``c * R + r`` is color c with phrase r of ``named``.

    Attributes:
        named: What is true of nouns and colors alone.
        phrases: Text of every pair.
        askable: bool, per pair, whether it may be told; what stays unseen may not, nor may
            "red object", of which ``named`` knows.
        hidden: bool (N + 1, C + 1), whether a thing with that noun and color has a pair that
            stays unseen among its names. Its color is told of no noun, or the pair would be
            learned under another name.
    """

    named: NamedPhrases
    phrases: tuple[str, ...]
    askable: Tensor
    hidden: Tensor

    @classmethod
    def of(cls, vocabulary: Vocabulary, named: NamedPhrases) -> ColoredNouns:
        """Return those of a vocabulary.

        Args:
            vocabulary: Of the run.
            named: Of the same vocabulary.
        """
        hidden = torch.zeros(len(vocabulary.nouns) + 1, len(COLOR_NAMES) + 1, dtype=torch.bool)
        for row, noun in enumerate(vocabulary.nouns):
            for column, color in enumerate(COLOR_NAMES):
                names = vocabulary.names_of(noun)
                hidden[row, column] = any((color, name) in HELD_OUT_PAIRS for name in names)
        pairs = [(color, name) for color in COLOR_NAMES for name in named.phrases]
        askable = [p not in HELD_OUT_PAIRS and GENERIC not in p[1].split() for p in pairs]
        return cls(named, tuple(map(' '.join, pairs)), torch.tensor(askable), hidden)

    def draw(self, noun: Tensor, color: Tensor, count: int) -> Tensor:
        """Draw pairs of a noun and a color that some of the things have, together or apart.

        Torch's global generator draws, whose state a checkpoint holds.

        Args:
            noun: int64 (M,) rows of the vocabulary's nouns, -1 for none of them.
            color: int64 (M,) rows of ``COLOR_NAMES``, -1 for unknown.
            count: The most.

        Returns:
            int64 (at most count,) pairs.
        """
        colored = color.cpu() >= 0
        nouns = self.named.of_noun[noun.cpu()[colored]].sum(0).nonzero()[:, 0]
        colors = color.cpu()[colored].unique()
        pairs = (colors[:, None] * len(self.named.phrases) + nouns).flatten()
        pairs = pairs[self.askable[pairs]]
        return pairs[torch.randperm(len(pairs))[:count]]

    def truth(self, noun: Tensor, color: Tensor, pairs: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is true of things and what is known of them, both (M, pairs).

        Args:
            noun: int64 (M,), as in :meth:`draw`.
            color: int64 (M,).
            pairs: int64 (pairs,) of :meth:`draw`.
        """
        nouns, colors = noun.cpu(), color.cpu()
        size = len(self.named.phrases)
        asked, name = pairs // size, pairs % size
        right = self.named.of_noun[nouns][:, name]
        known = self.named.noun_judged[nouns][:, name]
        same = (colors[:, None] == asked).to(right.dtype)
        seen = (colors >= 0)[:, None]
        # One part that is wrong settles it; else both must be known.
        wrong = (known & (right == 0)) | (seen & (same == 0))
        kept = ~(self.hidden[nouns, colors][:, None] & (same > 0))
        judged = (wrong | (known & seen)) & kept
        return (right * same).to(noun.device), judged.to(noun.device)
