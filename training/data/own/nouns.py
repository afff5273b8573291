"""The categories of an export in the words of a vocabulary, and those that are new to it."""

from __future__ import annotations

from collections.abc import Sequence

from efficientsam3_ros.core.text.wording import split_words
from efficientsam3_ros.simulation.vocabulary import COLORS, GENERIC
from training.data.vocabulary import Vocabulary


class NounError(ValueError):
    """A category that cannot be asked for; the message says what to call it."""


def new_nouns(categories: Sequence[str], vocabulary: Vocabulary, context: int) -> list[str]:
    """Return the nouns that a vocabulary lacks, as it looks them up.

    Args:
        categories: Names of an export.
        vocabulary: Of the weights to start with.
        context: Words of the longest phrase; one is left for a color.

    Raises:
        NounError: If a name has no word or too many, or is that of a color or of any object.
    """
    found: dict[str, None] = {}
    for category in categories:
        name = _read(category, vocabulary, context)
        if name not in vocabulary.nouns:
            found[name] = None
    return list(found)


def _read(category: str, vocabulary: Vocabulary, context: int) -> str:
    words = vocabulary.read_as(category)
    if not split_words(category):
        raise NounError(f'The category {category!r} holds no word; rename it, then export again.')
    if len(words) >= context:
        raise NounError(
            f'The category {category!r} has {len(words)} words, at most {context - 1} are read; '
            'shorten it.'
        )
    if words[0] in COLORS and len(words) > 1:
        raise NounError(
            f'The category {category!r} begins with a color; call it {" ".join(words[1:])!r}: '
            'colors are told apart without being labeled.'
        )
    if words == (GENERIC,):
        raise NounError(f'The category {category!r} is the word for any object; say what it is.')
    return ' '.join(words)
