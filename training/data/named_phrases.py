"""Every noun and color as a phrase, and of which things each is true."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from efficientsam3_ros.simulation.vocabulary import GENERIC
from training.data.lookalikes import MAY_BE
from training.data.phrases import COLOR_NAMES
from training.data.vocabulary import Vocabulary


@dataclass(frozen=True)
class NamedPhrases:
    """All nouns, their wider nouns, and "red object" for each color.

    Attributes:
        phrases: The R phrases, nouns first.
        of_noun: float32 (N + 1, R), whether the phrase is true of a thing with that noun, 1 or 0;
            the last row is of things whose noun is none of the vocabulary's.
        noun_judged: bool (N + 1, R), whether that is known.
        of_color: float32 (C + 1, R), the same of colors.
        color_judged: bool (C + 1, R).
    """

    phrases: tuple[str, ...]
    of_noun: Tensor
    noun_judged: Tensor
    of_color: Tensor
    color_judged: Tensor

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> NamedPhrases:
        """Return those of a vocabulary."""
        names = (*vocabulary.nouns, *vocabulary.wider)
        colored = tuple(f'{color} {GENERIC}' for color in COLOR_NAMES)
        size = len(names) + len(colored)
        of_noun = torch.zeros(len(vocabulary.nouns) + 1, size)
        noun_judged = torch.zeros_like(of_noun, dtype=torch.bool)
        for row, noun in enumerate(vocabulary.nouns):
            own = vocabulary.names_of(noun)
            unsure = {*vocabulary.narrower(noun), *(n for n in names if noun in MAY_BE.get(n, ()))}
            for column, name in enumerate(names):
                of_noun[row, column] = name in own
                noun_judged[row, column] = name in own or name not in unsure
        of_color = torch.zeros(len(COLOR_NAMES) + 1, size)
        color_judged = torch.zeros_like(of_color, dtype=torch.bool)
        of_color[:-1, len(names) :] = torch.eye(len(COLOR_NAMES))
        color_judged[:-1, len(names) :] = True
        return cls((*names, *colored), of_noun, noun_judged, of_color, color_judged)

    def truth(self, noun: Tensor, color: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is true of things and what is known of them, both (M, R).

        Args:
            noun: int64 (M,) rows of the vocabulary's nouns, -1 for none of them.
            color: int64 (M,) rows of ``COLOR_NAMES``, -1 for unknown.
        """
        nouns, colors = noun.cpu(), color.cpu()
        target = self.of_noun[nouns] + self.of_color[colors]
        judged = self.noun_judged[nouns] | self.color_judged[colors]
        return target.to(noun.device), judged.to(noun.device)
