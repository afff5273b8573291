"""From the words that people use to those that a model was trained with: plurals and synonyms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
import re

_PLURALS = (('ies', 'y'), ('ves', 'f'), ('ves', 'fe'), ('es', ''), ('s', ''))
"""Endings of English plurals and those of their singulars."""


def split_words(phrase: str) -> list[str]:
    """Cut a phrase into lower-case words; hyphens and apostrophes separate."""
    return re.findall(r'[^\W_]+', phrase.lower())


@dataclass(frozen=True)
class Wording:
    """Puts a phrase into the words of a vocabulary, as far as they are known.

    Attributes:
        words: The vocabulary.
        synonyms: Phrase to the phrase of the same meaning that takes its place; of several that
            begin at one word the longest counts, and what is put in is not replaced again.
    """

    words: Collection[str]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    _known: frozenset[str] = field(init=False, repr=False)
    _by_first: Mapping[str, list[tuple[list[str], list[str]]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_first: dict[str, list[tuple[list[str], list[str]]]] = {}
        known = set(self.words)
        # What may be put in stays as it is where it is said: "drill" may stand for "power drill".
        pairs = {instead: instead for instead in self.synonyms.values()} | dict(self.synonyms)
        for phrase, instead in pairs.items():
            said = split_words(phrase)
            known.update(said)
            by_first.setdefault(said[0], []).append((said, split_words(instead)))
        for choices in by_first.values():
            choices.sort(key=lambda choice: len(choice[0]), reverse=True)
        object.__setattr__(self, '_known', frozenset(known))
        object.__setattr__(self, '_by_first', by_first)

    def __call__(self, phrase: str) -> list[str]:
        """Return the words of a phrase, lower-case, in the singular and without synonyms."""
        said = [self._singular(word) for word in split_words(phrase)]
        read: list[str] = []
        place = 0
        while place < len(said):
            long, instead = self._replacement(said[place:])
            read += instead
            place += long
        return read

    def _singular(self, word: str) -> str:
        """Return the known word of which this is the plural; without one, the word itself."""
        if word in self._known:
            return word
        stems = (
            word.removesuffix(plural) + singular
            for plural, singular in _PLURALS
            if word.endswith(plural)
        )
        return next((stem for stem in stems if stem in self._known), word)

    def _replacement(self, said: Sequence[str]) -> tuple[int, list[str]]:
        """Return how many of the first words are read, and as what."""
        for phrase, instead in self._by_first.get(said[0], ()):
            if said[: len(phrase)] == phrase:
                return len(phrase), instead
        return 1, [said[0]]
