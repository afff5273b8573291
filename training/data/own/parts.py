"""Which pictures of an export are trained on, and which are held out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import PurePath
import re
from typing import TypeVar

HELD_OUT_EVERY = 5
"""Without a split of the export, one in so many pictures is held out."""
_WORDS = {
    'train': ('train', 'training'),
    'held_out': ('val', 'valid', 'validation'),
    'test': ('test', 'testing'),
}

T = TypeVar('T')


class Split(Enum):
    """What the export says a picture is for."""

    TRAIN = 'train'
    HELD_OUT = 'held_out'
    TEST = 'test'


def split_of(path: PurePath) -> Split | None:
    """Return what the names of a JSON file and its folders say; the last word counts.

    ``train/_annotations.coco.json``, ``instances_val2017.json`` and ``valid`` all tell.
    """
    words = re.findall(r'[a-z]+', path.as_posix().lower())
    for word in reversed(words):
        for split in Split:
            if word in _WORDS[split.value]:
                return split
    return None


def held_out(names: Sequence[str]) -> list[bool]:
    """Return whether each picture is held out: every fifth in the order of the names.

    Variants of one picture (``NAME.rf.HASH``, as Roboflow writes them) stay together.
    """
    origins = [name.partition('.rf.')[0] for name in names]
    number = {origin: place for place, origin in enumerate(sorted(set(origins)))}
    return [number[origin] % HELD_OUT_EVERY == HELD_OUT_EVERY - 1 for origin in origins]
