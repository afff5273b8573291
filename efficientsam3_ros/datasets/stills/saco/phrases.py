"""A set of SA-Co Gold or Silver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from efficientsam3_ros.datasets.masks import Labeled
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import FolderOfStills
from efficientsam3_ros.datasets.stills.inside import inside
from efficientsam3_ros.datasets.stills.saco.pair_file import (
    PhrasePair,
    annotator_files,
    annotator_of,
    read_pairs,
)
from efficientsam3_ros.datasets.stills.saco.picture import Answers, SacoPicture

_Pairs = dict[int, PhrasePair]


class SacoPhrases(FolderOfStills):
    """Pictures with phrases, see ``FrameSet``.

    The files list (picture, phrase) pairs; here a picture comes once, with all its phrases. A
    phrase of ``nouns`` without instances is a negative. Gold has several annotators, of which
    each has a file.

    Args:
        images: Folder that the file names start from.
        annotations: The file; those of other annotators of the same pairs are found beside it.
        data: Its content, where that was read already.

    Raises:
        SequenceError: If a file is damaged, or the annotators were not asked the same.
    """

    def __init__(self, images: Path, annotations: Path, data: Any = None) -> None:
        files = annotator_files(annotations)
        tables = [read_pairs(f, data if f == annotations else None) for f in files]
        for file, table in zip(files[1:], tables[1:]):
            _check_same(tables[0], table, files[0], file)
        pictures, repeated = _by_picture(tables[0])
        stems = Counter(inside(name).stem for name in pictures)
        letters = [annotator_of(file) for file in files]
        stills = tuple(
            _still(images, pairs, tables, letters, stems[inside(name).stem] > 1)
            for name, pairs in pictures.items()
        )
        partly = sum(len(still.nouns) < len(still.pairs) for still in stills)
        remarks = []
        if partly:
            remarks.append(f'{partly} pictures have phrases that not all annotators exhausted.')
        if repeated:
            remarks.append(f'{repeated} pairs repeat a phrase of their picture and are left out.')
        phrases = tuple(dict.fromkeys(phrase for still in stills for phrase in still.pairs))
        super().__init__(files[0].stem, 'saco', phrases, stills, tuple(remarks))


def _check_same(first: _Pairs, other: _Pairs, file: Path, other_file: Path) -> None:
    """Refuse files that do not ask the same."""
    different = first.keys() ^ other.keys()
    different |= {n for n in first.keys() & other.keys() if not first[n].same_question(other[n])}
    if different:
        raise SequenceError(
            f'{other_file} does not ask what {file.name} asks, of pair {min(different)} for '
            'example; take all annotators of one release.'
        )


def _by_picture(pairs: _Pairs) -> tuple[dict[str, list[PhrasePair]], int]:
    """Return pairs by file name, and how many repeat a phrase."""
    found: dict[str, list[PhrasePair]] = {}
    asked: set[tuple[str, str]] = set()
    for pair in pairs.values():
        if (pair.file, pair.phrase) not in asked:
            asked.add((pair.file, pair.phrase))
            found.setdefault(pair.file, []).append(pair)
    return found, len(pairs) - len(asked)


def _still(
    images: Path,
    pairs: Sequence[PhrasePair],
    tables: Sequence[_Pairs],
    letters: Sequence[str],
    ambiguous: bool,
) -> SacoPicture:
    first = pairs[0]
    if any(pair.size != first.size for pair in pairs):
        raise SequenceError(f'{first.file} has several sizes in its pairs; copy the file again.')
    path = inside(first.file)
    asked = [[table[pair.number] for pair in pairs] for table in tables]
    return SacoPicture(
        name=f'{path.stem}-{first.number}' if ambiguous else path.stem,
        picture=images / path,
        size=first.size,
        nouns=tuple(told[0].phrase for told in zip(*asked) if all(p.exhaustive for p in told)),
        pairs={pair.phrase: pair.number for pair in pairs},
        answers=tuple(_answers(letter, told) for letter, told in zip(letters, asked)),
    )


def _answers(annotator: str, pairs: Sequence[PhrasePair]) -> Answers:
    single = [(pair.phrase, mask) for pair in pairs for mask in pair.instances]
    crowd = [(pair.phrase, mask) for pair in pairs for mask in pair.crowd]
    numbered = [Labeled(n, *item) for n, item in enumerate((*single, *crowd), 1)]
    return Answers(annotator, tuple(numbered[: len(single)]), tuple(numbered[len(single) :]))
