"""LVIS: COCO's form, but each picture was searched for some categories only.

``neg_category_ids`` are on none of the picture, of ``not_exhaustive_category_ids`` some instances
have no mask; of what is neither annotated nor negative nobody knows (format of lvis-dataset).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.datasets.masks import whole_number
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.inside import inside

_NEGATIVE, _PARTLY = 'neg_category_ids', 'not_exhaustive_category_ids'


def is_federated(images: Sequence[Any]) -> bool:
    """Tell whether the pictures of a file list what they were searched for."""
    return bool(images) and isinstance(images[0], dict) and _NEGATIVE in images[0]


def category_name(name: str) -> str:
    """Return a category as a prompt would hold it; LVIS writes ``alarm_clock``."""
    return ' '.join(name.replace('_', ' ').split())


def known_categories(
    item: Mapping[str, Any], present: Iterable[str], categories: Mapping[int, str]
) -> tuple[str, ...]:
    """Return the categories of which a picture shows no instance without a mask.

    Args:
        item: The entry of ``images``.
        present: Categories of its annotations.
        categories: Of the file, by id.

    Raises:
        SequenceError: If it names an unknown category, or one that it shows as absent.
    """
    seen, partly = set(present), _named(item, _PARTLY, categories)
    absent = _named(item, _NEGATIVE, categories)
    if wrong := sorted(absent & seen):
        raise SequenceError(
            f'Image {shown(item["id"])} is said to show no {wrong[0]}, yet has a mask of it; copy '
            'the file again.'
        )
    return tuple(name for name in categories.values() if name in (seen | absent) - partly)


def _named(item: Mapping[str, Any], key: str, categories: Mapping[int, str]) -> set[str]:
    found = set()
    for value in item[key]:
        number = whole_number(value, key, -(2**63))
        if number not in categories:
            raise SequenceError(
                f'Image {shown(item["id"])}: its {key} hold {number}, a category that the file '
                'does not name; copy it again.'
            )
        found.add(categories[number])
    return found


def file_of(item: Mapping[str, Any], folder: Path) -> PurePosixPath:
    """Return the path of a picture in a folder.

    LVIS gives an address of COCO's server instead of a name, and mixes both of COCO's folders.
    """
    if item.get('file_name'):
        return inside(item['file_name'])
    path = inside(PurePosixPath(item['coco_url']).name)
    split = PurePosixPath(item['coco_url']).parent.name
    return split / path if (folder / split).is_dir() else path
