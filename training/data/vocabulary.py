"""The words of a run: those of the text encoder, and the nouns it is trained to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from efficientsam3_ros.core import WordTokenizer
from efficientsam3_ros.core.text.wording import split_words
from efficientsam3_ros.datasets import household
from efficientsam3_ros.datasets.household import Concept
from efficientsam3_ros.simulation.vocabulary import ALL_WORDS, COLORS, GENERIC
from training.data.phrases import NOUNS

_ROOM = 64
"""Words that a phrase may have here; the text encoder's own limit is the configuration's."""


@dataclass(frozen=True)
class VocabularyConfig:
    """Which words.

    Attributes:
        base: ``simulated``, the words of the simulated tabletop, or ``household``, those of
            ``datasets.household``.
        more: Nouns beyond them, each as ``noun`` or ``noun: wider noun, wider noun``. Their words
            stand behind the others, whose ids stay.
        without: Nouns of the base that are left out, with the words of no other noun.
    """

    base: str = 'simulated'
    more: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Vocabulary:
    """The words of a run.

    Attributes:
        words: In the order of their ids.
        concepts: What is told apart, in a fixed order.
    """

    words: tuple[str, ...]
    concepts: tuple[Concept, ...]

    @classmethod
    def of(cls, config: VocabularyConfig) -> Vocabulary:
        """Return the vocabulary of a run.

        Raises:
            ValueError: If the base is unknown, or a noun of ``more`` is there already.
        """
        bases = {
            'simulated': (ALL_WORDS, tuple(Concept(noun, (), ()) for noun in NOUNS)),
            'household': (household.WORDS, household.CONCEPTS),
        }
        if config.base not in bases:
            raise ValueError(
                f'vocabulary.base is {config.base!r}; choose one of {", ".join(bases)}.'
            )
        words, concepts = _without(*bases[config.base], config.without)
        more = tuple(_concept(text) for text in config.more)
        said = [word for c in more for name in (c.noun, *c.wider) for word in name.split()]
        words = tuple(dict.fromkeys((*words, *said)))
        found = cls(words, concepts + more)
        if len(found.synonyms.keys() | set(found.nouns)) < len(found.synonyms) + len(found.nouns):
            raise ValueError('A noun of vocabulary.more is known already; leave it out.')
        return found

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """The names of the concepts."""
        return tuple(concept.noun for concept in self.concepts)

    @cached_property
    def synonyms(self) -> dict[str, str]:
        """Phrase to the noun of the same meaning."""
        return {same: concept.noun for concept in self.concepts for same in concept.same}

    @cached_property
    def wider(self) -> tuple[str, ...]:
        """Wider nouns that are the name of no concept."""
        wider = {name for concept in self.concepts for name in concept.wider}
        return tuple(sorted(wider.difference(self.nouns)))

    def tokenizer(self, context: int) -> WordTokenizer:
        """Return the tokenizer of the text encoder."""
        return WordTokenizer(self.words, context, self.synonyms)

    def read_as(self, phrase: str) -> tuple[str, ...]:
        """Return the words of a phrase as they are looked up, unknown ones among them."""
        return self._reader.read_as(phrase)

    def canonical(self, phrase: str) -> str | None:
        """Return a phrase as it is looked up; None if it holds an unknown word."""
        if phrase not in self._read:
            known = split_words(phrase) and not self._reader.unknown_words(phrase)
            self._read[phrase] = ' '.join(self._reader.read_as(phrase)) if known else None
        return self._read[phrase]

    def names_of(self, noun: str) -> tuple[str, ...]:
        """Return a noun, as it is looked up, and its wider nouns; none if it is no concept."""
        name = self.canonical(noun)
        return (name, *self._wider_of[name]) if name and name in self._wider_of else ()

    def narrower(self, noun: str) -> frozenset[str]:
        """Return the nouns of which this is a wider one."""
        return frozenset(concept.noun for concept in self.concepts if noun in concept.wider)

    @cached_property
    def _read(self) -> dict[str, str | None]:
        """Phrases that were read already; there are some thousands in all."""
        return {}

    @cached_property
    def _reader(self) -> WordTokenizer:
        return self.tokenizer(_ROOM)

    @cached_property
    def _wider_of(self) -> dict[str, tuple[str, ...]]:
        return {concept.noun: concept.wider for concept in self.concepts}


def _concept(text: str) -> Concept:
    noun, _, wider = text.partition(':')
    names = [' '.join(split_words(name)) for name in (noun, *wider.split(','))]
    return Concept(names[0], (), tuple(name for name in names[1:] if name))


def _without(
    words: tuple[str, ...], concepts: tuple[Concept, ...], nouns: Sequence[str]
) -> tuple[tuple[str, ...], tuple[Concept, ...]]:
    """Leave out nouns and the words that only they need.

    Raises:
        ValueError: If a noun is not there.
    """
    known = {concept.noun for concept in concepts}
    if strange := sorted(set(nouns) - known):
        raise ValueError(f'vocabulary.without: {strange[0]!r} is no noun of the base.')
    kept = tuple(concept for concept in concepts if concept.noun not in nouns)
    needed = {word for c in kept for name in (c.noun, *c.wider) for word in name.split()}
    gone = {word for noun in nouns for word in noun.split()} - {*needed, *COLORS, GENERIC}
    return tuple(word for word in words if word not in gone), kept


def split_color(phrase: str) -> tuple[str | None, str]:
    """Return color and noun of a phrase; an "orange" alone is the fruit."""
    first, _, rest = phrase.partition(' ')
    return (first, rest) if rest and first in COLORS else (None, phrase)


def with_colors(names: tuple[str, ...], colors: tuple[str, ...] = ()) -> frozenset[str]:
    """Return all phrases that are true of a thing: its names and "object", each with a color."""
    every = (*names, GENERIC)
    colored = (f'{color} {name}' for color in colors for name in every if name != color)
    return frozenset((*every, *colored))
