"""Folders in COCO's form: pictures, and a JSON file with their instances."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from efficientsam3_ros.core.errors.one_line import shown
from efficientsam3_ros.datasets.masks import DAMAGE, Labeled, read_json, whole_number
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco_picture import CocoPicture
from efficientsam3_ros.datasets.stills.federated import (
    category_name,
    file_of,
    is_federated,
    known_categories,
)
from efficientsam3_ros.datasets.stills.frame_set import FolderOfStills
from efficientsam3_ros.datasets.stills.inside import inside

_LISTS = ('images', 'annotations', 'categories')


class CocoPictures(FolderOfStills):
    """A set in COCO's form, see ``FrameSet``.

    The annotation is taken as exhaustive for all its categories, as COCO's is, unless the pictures
    tell what they were searched for, as those of LVIS do. Masks are run lengths, compressed or
    not, or polygons; pycocotools reads them.

    Args:
        images: Folder of the pictures.
        annotations: JSON file with ``images``, ``annotations`` and ``categories``.
        data: Its content, where that was read already.

    Raises:
        SequenceError: If the JSON file cannot be read, is damaged or names no picture.
    """

    def __init__(self, images: Path, annotations: Path, data: Any = None) -> None:
        data = data or read_json(annotations)
        if not is_coco(data):
            raise SequenceError(
                f"{annotations} is not in COCO's form: it needs the lists {', '.join(_LISTS)}."
            )
        try:
            federated = is_federated(data['images'])
            named = category_name if federated else _spaced
            categories = {_id(item): named(item['name']) for item in data['categories']}
            remarks, regions = _regions(data['annotations'], categories, annotations.name)
            nouns = tuple(dict.fromkeys(categories.values()))
            known = partial(known_categories, categories=categories) if federated else None
            stills = _pictures(data['images'], images, regions, nouns, known)
        except SequenceError:
            raise
        except DAMAGE as error:
            raise SequenceError(
                f'{annotations} is damaged ({type(error).__name__}: {error}); copy it again.'
            ) from None
        if not stills:
            raise SequenceError(f'{annotations} names no picture; give another file.')
        source = 'lvis' if federated else 'coco'
        super().__init__(annotations.stem, source, nouns, stills, remarks)


def is_coco(data: Any) -> bool:
    """Tell whether the content of a JSON file is in COCO's form."""
    return isinstance(data, dict) and all(isinstance(data.get(name), list) for name in _LISTS)


@dataclass
class _Regions:
    """The annotations of one picture: one thing each, crowds, and categories without a mask."""

    single: list[tuple[str, Any]] = field(default_factory=list)
    crowd: list[tuple[str, Any]] = field(default_factory=list)
    without_mask: set[str] = field(default_factory=set)

    def present(self) -> set[str]:
        """Return the categories that are on the picture."""
        return {name for name, _ in (*self.single, *self.crowd)} | self.without_mask


_Known = Callable[[Mapping[str, Any], set[str]], tuple[str, ...]]


def _spaced(name: str) -> str:
    return ' '.join(name.split())


def _id(item: Mapping[str, Any]) -> int:
    return whole_number(item['id'], 'An id', -(2**63))


def _regions(
    annotations: Sequence[Any], categories: Mapping[int, str], file: str
) -> tuple[tuple[str, ...], dict[int, _Regions]]:
    """Sort annotations by the id of their image; also return sentences on what is left out."""
    found: dict[int, _Regions] = defaultdict(_Regions)
    boxes = 0
    for item in annotations:
        category = whole_number(item['category_id'], 'category_id', -(2**63))
        if category not in categories:
            raise SequenceError(
                f'{file}: annotation {shown(item.get("id"))} is of category {category}, which '
                'the file does not name; copy it again.'
            )
        regions = found[whole_number(item['image_id'], 'image_id', -(2**63))]
        segmentation = item.get('segmentation')
        if not segmentation:
            boxes += 1
            regions.without_mask.add(categories[category])
            continue
        kind = regions.crowd if item.get('iscrowd') else regions.single
        kind.append((categories[category], segmentation))
    remark = f'{boxes} annotations have a box but no mask; their pictures do not ask for them.'
    return (remark,) if boxes else (), found


def _pictures(
    images: Sequence[Any],
    folder: Path,
    regions: Mapping[int, _Regions],
    nouns: tuple[str, ...],
    known: _Known | None,
) -> tuple[CocoPicture, ...]:
    ids = [_id(item) for item in images]
    names = [file_of(item, folder) if known else inside(item['file_name']) for item in images]
    stems = Counter(name.stem for name in names)
    found = []
    for number, item, name in zip(ids, images, names):
        own = regions.get(number, _Regions())
        asked = known(item, own.present()) if known else nouns
        size = None
        if item.get('height') is not None and item.get('width') is not None:
            height, width = (whole_number(item[n], n, 1) for n in ('height', 'width'))
            size = height, width
        found.append(
            CocoPicture(
                name=name.stem if stems[name.stem] == 1 else f'{name.stem}-{number}',
                image=folder / name,
                size=size,
                nouns=tuple(noun for noun in asked if noun not in own.without_mask),
                instances=_numbered(own.single, 1),
                crowd=_numbered(own.crowd, 1 + len(own.single)),
            )
        )
    if len({still.name for still in found}) < len(found):
        raise SequenceError('Two of the images have the same id and name; copy the file again.')
    return tuple(found)


def _numbered(items: Sequence[tuple[str, Any]], first: int) -> tuple[Labeled, ...]:
    return tuple(
        Labeled(number, concept, mask) for number, (concept, mask) in enumerate(items, first)
    )
