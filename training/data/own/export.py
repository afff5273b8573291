"""Reads an export: its pictures with masks, each for training or held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from tqdm import tqdm

from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco import CocoPictures
from efficientsam3_ros.datasets.stills.coco_picture import CocoPicture
from training.data.own.files import PictureFiles, annotation_files, with_places
from training.data.own.parts import Split, held_out, split_of

FEWEST = 5
"""Pictures that an export needs."""


@dataclass(frozen=True)
class OwnExport:
    """What an export holds.

    Attributes:
        train: Pictures to train on.
        held_out: Others, on which thresholds are chosen.
        categories: Names of what has a mask, in the order of the files.
        notes: Sentences on what is left out.
    """

    train: tuple[CocoPicture, ...] = field(repr=False)
    held_out: tuple[CocoPicture, ...] = field(repr=False)
    categories: tuple[str, ...]
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=2)
def open_export(root: Path) -> OwnExport:
    """Read an export; a picture that cannot be read is left out and noted.

    Args:
        root: Its folder: JSON files in COCO's form and pictures, anywhere in it.

    Raises:
        SequenceError: If it holds no masks, or too few pictures with masks; the message says
            what to do.
    """
    notes: list[str] = []
    by_split: dict[Split | None, list[CocoPicture]] = {}
    for split, still in _stills(root, notes):
        by_split.setdefault(split, []).append(still)
    every = [still for stills in by_split.values() for still in stills]
    categories = tuple(dict.fromkeys(i.concept for s in every for i in s.instances))
    if not categories:
        raise SequenceError(
            f'{root} holds pictures but no mask; label outlines (polygons or brushes, not boxes) '
            'and export them as COCO.'
        )
    by_split = {split: _readable(stills, notes) for split, stills in by_split.items()}
    train, kept_back = _parts(by_split, notes)
    shown = sum(1 for still in train if still.instances)
    if shown < FEWEST or not kept_back:
        raise SequenceError(
            f'{root} has masks on {shown} pictures to train on and {len(kept_back)} held out; '
            f'label more: at least {FEWEST} and 1.'
        )
    exact = [
        tuple(replace(s, nouns=tuple(n for n in s.nouns if n in categories)) for s in stills)
        for stills in (train, kept_back)
    ]
    return OwnExport(exact[0], exact[1], categories, tuple(notes))


def _stills(root: Path, notes: list[str]) -> Iterator[tuple[Split | None, CocoPicture]]:
    """Yield the pictures of all files, each once, with what the file says they are for."""
    pictures, owners = PictureFiles(root), dict[Path, Path]()
    for file in annotation_files(root):
        data, missing = with_places(file, pictures)
        if missing:
            notes.append(f'{len(missing)} pictures of {file.path} are missing, as {missing[0]}.')
        if not data['images']:
            continue
        read = CocoPictures(root, file.path, data)
        notes += [f'{file.path}: {note}' for note in read.notes]
        for still in read.stills:
            assert isinstance(still, CocoPicture)
            owner = owners.setdefault(still.image, file.path)
            if owner != file.path:
                raise SequenceError(
                    f'{owner} and {file.path} both label {still.image.name}; keep one of them.'
                )
            yield split_of(file.path.relative_to(root)), still
    if not owners:
        raise SequenceError(
            f'{root} holds annotations, but none of their pictures; put the pictures into the '
            'folder (CVAT: "Save images").'
        )


def _readable(stills: Sequence[CocoPicture], notes: list[str]) -> list[CocoPicture]:
    """Return the pictures that can be read with their masks."""
    kept = []
    for still in tqdm(stills, 'reading', unit='picture', leave=False, disable=None):
        try:
            still.read()
        except SequenceError as error:
            notes.append(f'{error} It is left out.')
        else:
            kept.append(still)
    return kept


def _parts(
    by_split: Mapping[Split | None, Sequence[CocoPicture]], notes: list[str]
) -> tuple[list[CocoPicture], list[CocoPicture]]:
    """Return pictures to train on and held-out ones."""
    if unused := len(by_split.get(Split.TEST, ())):
        notes.append(f'{unused} pictures of the test part are not read; measure on them later.')
    train = [*by_split.get(None, ()), *by_split.get(Split.TRAIN, ())]
    kept_back = list(by_split.get(Split.HELD_OUT, ()))
    if kept_back:
        return train, kept_back
    flags = held_out([still.name for still in train])
    return (
        [still for still, flag in zip(train, flags) if not flag],
        [still for still, flag in zip(train, flags) if flag],
    )


def instances_of(stills: Sequence[CocoPicture]) -> Counter[str]:
    """Return the number of masks of each category."""
    return Counter(item.concept for still in stills for item in still.instances)
