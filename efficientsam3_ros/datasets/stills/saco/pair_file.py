"""One JSON file of SA-Co Gold or Silver: what one annotator says of (picture, phrase) pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
import re
from typing import Any

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.datasets.masks import DAMAGE, read_json, whole_number
from efficientsam3_ros.datasets.saco import phrase
from efficientsam3_ros.datasets.sequence import SequenceError

_LISTS = ('images', 'annotations')
_ANNOTATOR = re.compile(r'(.+_merged_)([a-z])(_.+)')


@dataclass(frozen=True)
class PhrasePair:
    """A phrase asked of a picture; without masks, nothing on it answers the phrase.

    Attributes:
        number: The ``id`` of ``images``, by which predictions name it.
        file: The picture's file name, relative.
        phrase: What is asked.
        size: (height, width) of the picture, pixels.
        exhaustive: Whether every instance has a mask of its own.
        instances: COCO segmentations.
        crowd: Those of several things that nobody separated.
    """

    number: int
    file: str
    phrase: str
    size: tuple[int, int]
    exhaustive: bool
    instances: tuple[Any, ...] = field(default=(), repr=False)
    crowd: tuple[Any, ...] = field(default=(), repr=False)

    def same_question(self, other: PhrasePair) -> bool:
        """Tell whether another annotator was asked the same."""
        mine = (self.number, self.file, self.phrase, self.size)
        return mine == (other.number, other.file, other.phrase, other.size)


def is_saco(data: Any) -> bool:
    """Tell whether the content of a JSON file has (picture, phrase) pairs."""
    if not isinstance(data, dict) or not all(isinstance(data.get(n), list) for n in _LISTS):
        return False
    images = data['images']
    return bool(images) and isinstance(images[0], dict) and 'text_input' in images[0]


def annotator_of(path: Path) -> str:
    """Return the letter of the annotator in a file's name; empty if there is only one."""
    match = _ANNOTATOR.fullmatch(path.name)
    return match[2] if match else ''


def annotator_files(path: Path) -> tuple[Path, ...]:
    """Return the files of all annotators of the same pairs, that of the first one first."""
    match = _ANNOTATOR.fullmatch(path.name)
    if match is None:
        return (path,)
    return tuple(sorted(path.parent.glob(f'{match[1]}[a-z]{match[3]}')))


def read_pairs(path: Path, data: Any = None) -> dict[int, PhrasePair]:
    """Read a file.

    Args:
        path: The file.
        data: Its content, where that was read already.

    Returns:
        Pairs by number, in the file's order.

    Raises:
        SequenceError: If it cannot be read, is another kind of file, or is damaged.
    """
    data = data or read_json(path)
    if not is_saco(data):
        raise SequenceError(
            f'{path} is no file of SA-Co Gold or Silver: it needs "images" with a "text_input" '
            'and "annotations"; give gold_*.json or silver_*.json.'
        )
    try:
        return _pairs(data, path)
    except SequenceError:
        raise
    except DAMAGE as error:
        what = f'{error} is missing' if isinstance(error, KeyError) else one_line(error)
        raise SequenceError(f'{path} is damaged: {what.rstrip(".")}; copy it again.') from None


def _pairs(data: Mapping[str, Any], path: Path) -> dict[int, PhrasePair]:
    masks: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for item in data['annotations']:
        masks[whole_number(item['image_id'], 'image_id', 0)].append(item)
    found: dict[int, PhrasePair] = {}
    for item in data['images']:
        number = whole_number(item['id'], 'An id', 0)
        if number in found:
            raise SequenceError(f'{path} holds the pair {number} twice; copy it again.')
        found[number] = _pair(item, number, masks.pop(number, []))
    if masks:
        raise SequenceError(
            f'{path}: annotation {shown(next(iter(masks.values()))[0].get("id"))} belongs to no '
            'pair of the file; copy it again.'
        )
    return found


def _pair(item: Mapping[str, Any], number: int, masks: list[Mapping[str, Any]]) -> PhrasePair:
    asked = phrase(item['text_input'])
    if not asked:
        raise ValueError(f'the text_input of pair {number} is empty')
    known = all(mask.get('segmentation') for mask in masks)
    return PhrasePair(
        number=number,
        file=str(item['file_name']),
        phrase=asked,
        size=(whole_number(item['height'], 'height', 1), whole_number(item['width'], 'width', 1)),
        # A box without a mask would count as absent.
        exhaustive=known and bool(int(item['is_instance_exhaustive'])),
        instances=_segmentations(masks, crowd=False),
        crowd=_segmentations(masks, crowd=True),
    )


def _segmentations(masks: list[Mapping[str, Any]], crowd: bool) -> tuple[Any, ...]:
    return tuple(
        mask['segmentation']
        for mask in masks
        if mask.get('segmentation') and bool(mask.get('iscrowd')) == crowd
    )
