"""CLIP's byte-level byte-pair encoding (github.com/openai/CLIP), without torch and regex."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
import gzip
import html
from itertools import pairwise
from pathlib import Path
import unicodedata

import ftfy

from efficientsam3_ros.core.text.tokenizer import Tokenizer

VOCABULARY_FILE = Path(__file__).parent / 'assets' / 'bpe_simple_vocab_16e6.txt.gz'
START_ID = 49406
END_ID = 49407
VOCABULARY_SIZE = 49408

_MERGES = 48894
_WORD_END = '</w>'
_CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


@dataclass(frozen=True)
class BytePairs:
    """The learned vocabulary.

    Attributes:
        letters: Byte to the printable letter that stands for it.
        ranks: Pair of symbols to its rank; lower ranks merge first.
        ids: Symbol to token id.
    """

    letters: tuple[str, ...]
    ranks: dict[tuple[str, str], int]
    ids: dict[str, int]

    def encode(self, word: str) -> list[int]:
        """Return the ids of one word, which holds no space."""
        symbols = [self.letters[byte] for byte in word.encode('utf-8', 'replace')]
        symbols[-1] += _WORD_END
        while len(symbols) > 1:
            ranks = [self.ranks.get(pair, _MERGES) for pair in pairwise(symbols)]
            best = min(ranks)
            if best == _MERGES:
                break
            # A pair that merges has a lower rank than what it becomes: its first place will do.
            place = ranks.index(best)
            symbols[place : place + 2] = [symbols[place] + symbols[place + 1]]
        return [self.ids[symbol] for symbol in symbols]


@dataclass(frozen=True)
class ClipTokenizer(Tokenizer):
    """Any phrase to token ids; there are no unknown words.

    Attributes:
        context: Tokens a phrase is padded to, start and end included. CLIP cuts longer phrases;
            here they are refused, because the robot would look for something else than it was
            told.

    Raises:
        ValueError: If the context leaves no room for a word.
    """

    context: int = 32
    unit = 'tokens'
    frame = (START_ID,), (END_ID,)

    def __post_init__(self) -> None:
        if self.context < 3:
            raise ValueError(f'The context must be at least 3, got {self.context}.')

    @property
    def size(self) -> int:
        """Rows of the embedding table."""
        return VOCABULARY_SIZE

    @staticmethod
    def split(phrase: str) -> list[str]:
        """Clean a phrase and cut it into words, single digits and runs of other signs."""
        return list(_words(clean_phrase(phrase)))

    def ids(self, phrase: str) -> list[int]:
        """Return the ids of a phrase between start and end."""
        return [i for word in self.split(phrase) for i in _vocabulary().encode(word)]


def clean_phrase(phrase: str) -> str:
    """Clean a phrase as CLIP's training texts were: encoding, entities, spaces, lower case."""
    text = html.unescape(html.unescape(ftfy.fix_text(phrase)))
    return ' '.join(text.split()).lower()


@cache
def _vocabulary() -> BytePairs:
    """Read the vocabulary file, once in a process."""
    lines = gzip.decompress(VOCABULARY_FILE.read_bytes()).decode('utf-8').split('\n')
    merges = [tuple(line.split()) for line in lines[1 : _MERGES + 1]]
    letters = _byte_letters()
    # Token ids count printable bytes first, then the others.
    order = sorted(range(256), key=lambda byte: (letters[byte] != chr(byte), byte))
    single = [letters[byte] for byte in order]
    symbols = [*single, *(s + _WORD_END for s in single), *(a + b for a, b in merges)]
    return BytePairs(
        letters,
        {(a, b): rank for rank, (a, b) in enumerate(merges)},
        {symbol: number for number, symbol in enumerate(symbols)},
    )


def _byte_letters() -> tuple[str, ...]:
    """Give every byte a printable letter: itself in Latin-1, or one from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return tuple(chr(b if b in printable else next(spare)) for b in range(256))


def _words(text: str) -> Iterator[str]:
    """Cut lower-case text: contractions, runs of letters, single digits, runs of the rest."""
    start = 0
    while start < len(text):
        ending = next((c for c in _CONTRACTIONS if text.startswith(c, start)), text[start])
        kind, end = _kind(text[start]), start + len(ending)
        if len(ending) == 1 and kind != 'N':
            while end < len(text) and _kind(text[end]) == kind:
                end += 1
        if kind != ' ':
            yield text[start:end]
        start = end


def _kind(letter: str) -> str:
    """Return L for letters, N for numbers, a space for spaces, and a dot for all others."""
    category = unicodedata.category(letter)[0]
    if category in 'LN':
        return category
    return ' ' if letter.isspace() else '.'
