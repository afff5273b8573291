"""Words to token ids for models that were trained on a closed vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from efficientsam3_ros.core.prompt import PromptError
from efficientsam3_ros.core.text.wording import Wording

PADDING_ID = 0
UNKNOWN_ID = 1
FIRST_WORD_ID = 2


class Tokenizer:
    """Turns phrases into the token ids that a text encoder was trained with.

    Attributes:
        context: Tokens that every phrase is padded to; longer phrases are refused, never cut.
        unit: What tokens are called in messages.
        frame: Ids that stand before and behind every phrase.
    """

    context: int
    unit = 'words'
    frame: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())

    def ids(self, phrase: str) -> list[int]:
        """Return the ids of a phrase alone."""
        raise NotImplementedError

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """Return the words of the phrase that the model cannot know; none if it knows all."""
        return ()

    def encode(self, phrases: Sequence[str]) -> np.ndarray:
        """Return int64 (len(phrases), context) ids, padded with 0.

        Raises:
            PromptError: If a phrase is empty, or longer than the context.
        """
        table = np.full((len(phrases), self.context), PADDING_ID, np.int64)
        before, behind = self.frame
        room = self.context - len(before) - len(behind)
        for row, phrase in zip(table, phrases):
            ids = self.ids(phrase)
            if not ids:
                raise PromptError(f'"{phrase}" holds no word; give a noun phrase.')
            if len(ids) > room:
                raise PromptError(
                    f'"{phrase}" has {len(ids)} {self.unit}, this model reads {room}; shorten it.'
                )
            row[: self.context - room + len(ids)] = [*before, *ids, *behind]
        return table


@dataclass(frozen=True)
class WordTokenizer(Tokenizer):
    """Lower-cased words looked up in a fixed list.

    A plural counts as its singular where only that is known.

    Attributes:
        words: The vocabulary; the i-th word has id ``i + 2`` (0 pads, 1 is any unknown word).
        context: Words a phrase is padded to.
        synonyms: Phrase to the phrase in words of the vocabulary that is read in its place.

    Raises:
        ValueError: If a word is repeated or the context is not positive.
    """

    words: tuple[str, ...]
    context: int = 8
    synonyms: Mapping[str, str] = field(default_factory=dict, hash=False)
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _wording: Wording = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(set(self.words)) != len(self.words):
            raise ValueError('The vocabulary repeats a word; every word needs one id.')
        if self.context < 1:
            raise ValueError(f'The context must be positive, got {self.context}.')
        object.__setattr__(
            self, '_ids', {word: i + FIRST_WORD_ID for i, word in enumerate(self.words)}
        )
        object.__setattr__(self, '_wording', Wording(self.words, self.synonyms))

    @property
    def size(self) -> int:
        """Rows of the embedding table, padding and unknown included."""
        return len(self.words) + FIRST_WORD_ID

    def read_as(self, phrase: str) -> tuple[str, ...]:
        """Return the words that are looked up: singulars, synonyms replaced."""
        return tuple(self._wording(phrase))

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """Return the words of the phrase that the model has never seen."""
        return tuple(word for word in self.read_as(phrase) if word not in self._ids)

    def ids(self, phrase: str) -> list[int]:
        """Return one id for each word that is looked up."""
        return [self._ids.get(word, UNKNOWN_ID) for word in self.read_as(phrase)]
