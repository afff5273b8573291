"""Phrases to learn from: one a line of a text file, those of evaluations left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from efficientsam3_ros.core.text.clip_tokenizer import ClipTokenizer, clean_phrase
from training.encoder.data.batch import PhraseBatch
from training.settings.reading import ConfigError

FRAME = 2
"""Tokens of a phrase that stand for its start and end."""


@dataclass(frozen=True)
class PhraseItem:
    """A phrase as a sample; there is nothing to read."""

    name: str

    def read(self) -> str:
        """Return the phrase."""
        return self.name


@dataclass(frozen=True)
class PhraseItems(Sequence[PhraseItem]):
    """Phrases as samples, made when they are asked for: there may be millions."""

    phrases: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.phrases)

    def __getitem__(self, index: int) -> PhraseItem:  # type: ignore[override]
        return PhraseItem(self.phrases[index])


@dataclass(frozen=True)
class PhraseSet:
    """What a file of phrases holds.

    Attributes:
        phrases: Without doubles, in the order of the file.
        excluded: How many are left out because an evaluation asks them.
        long: How many are left out because the student's context is too short.
    """

    phrases: tuple[str, ...]
    excluded: int
    long: int

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences on what is left out; the first is there even if it is nothing."""
        overlap = f'{self.excluded} phrases are left out because an evaluation asks them.'
        long = f'{self.long} phrases are longer than the context and left out.'
        return (overlap, *([long] if self.long else []))


def read_phrases(path: Path, context: int, excluded: Path | None = None) -> PhraseSet:
    """Read phrases, cleaned as CLIP's tokenizer does it; empty lines do not count.

    Args:
        path: Text file, UTF-8, one phrase a line.
        context: Tokens of the student.
        excluded: Such a file with the phrases of evaluations, which must not be learned.

    Raises:
        ConfigError: If a file is missing, or no phrase is left.
    """
    forbidden = set(_lines(excluded)) if excluded is not None else set()
    found = _lines(path)
    wanted = [phrase for phrase in found if phrase not in forbidden]
    tokenizer = ClipTokenizer(context)
    short = tuple(p for p in wanted if 0 < len(tokenizer.ids(p)) <= context - FRAME)
    if not short:
        raise ConfigError(f'{path} holds no phrase to learn from; give one a line.')
    return PhraseSet(short, len(found) - len(wanted), len(wanted) - len(short))


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise ConfigError(f'{path} does not exist; name a text file with one phrase a line.')
    lines = (clean_phrase(line) for line in path.read_text(encoding='utf-8').splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def phrase_itself(phrase: str, rng: np.random.Generator) -> str:
    """Return a phrase: nothing of it is drawn."""
    return phrase


@dataclass(frozen=True)
class JoinPhrases:
    """Makes a batch of phrases for a student with a context of some tokens."""

    context: int

    def __call__(self, phrases: Sequence[str]) -> PhraseBatch:
        """Return ids and words."""
        ids = ClipTokenizer(self.context).encode(phrases)
        return PhraseBatch(torch.from_numpy(ids), tuple(phrases))
