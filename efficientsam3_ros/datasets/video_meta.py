"""What YouTube-VOS and LVOS tell of the objects of their videos, beside the masks.

YouTube-VOS: ``{"videos": {video: {"objects": {"1": {"category": "dog", "frames": ["00000"]}}}}}``
in ``meta.json``. LVOS: ``{"frame_range": {"start": "00000001", "end": ...}}`` instead of category
and frames, in ``train_meta.json`` and the like. MOSE and DAVIS tell nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from efficientsam3_ros.core.errors.one_line import one_line, shown
from efficientsam3_ros.datasets.masks import DAMAGE, read_json, whole_number
from efficientsam3_ros.datasets.sequence import SequenceError


@dataclass(frozen=True)
class MetaObject:
    """One object.

    Attributes:
        first: Number of the first picture that it is on.
        last: Number of the last one.
        category: What it is; empty where the set does not tell.
    """

    first: int
    last: int
    category: str = ''


@dataclass(frozen=True)
class VideoMeta:
    """The objects of one video.

    Attributes:
        file: Where they stand.
        objects: By id, as in the masks.
    """

    file: Path
    objects: Mapping[int, MetaObject]

    def check(self, path: Path, ids: set[int]) -> None:
        """Refuse a mask with an object that the video has not.

        Raises:
            SequenceError: If there is one.
        """
        if stray := sorted(ids - self.objects.keys()):
            known = ', '.join(map(str, self.objects))
            raise SequenceError(
                f'{path.name} shows object {stray[0]}, {self.file.name} knows {known}; take both '
                'from one release.'
            )


def meta_file(folder: Path) -> Path | None:
    """Return the file of a split.

    Args:
        folder: Holds the split's ``JPEGImages`` and ``Annotations``.
    """
    name = f'{folder.name}_meta.json'
    beside = sorted(folder.glob('*_meta.json'))
    places = [folder / 'meta.json', folder / name, *beside, folder.parent / name]
    places += sorted(folder.parent.glob('*_meta.json'))
    return next((path for path in places if path.is_file()), None)


def read_meta(path: Path) -> dict[str, VideoMeta]:
    """Read a file.

    Returns:
        What it tells of each video, by the video's name.

    Raises:
        SequenceError: If it cannot be read, or has another form.
    """
    data = read_json(path)
    if not isinstance(data, dict) or not isinstance(data.get('videos'), dict):
        raise SequenceError(f'{path} tells of no "videos"; take it from the data set again.')
    found = {}
    for name, about in data['videos'].items():
        try:
            objects = {
                whole_number(key, 'An object id', 1): _object(item)
                for key, item in about['objects'].items()
            }
        except DAMAGE as error:
            what = f'{error} is missing' if isinstance(error, KeyError) else one_line(error)
            raise SequenceError(
                f'{path} is damaged at video {shown(name)}: {what.rstrip(".")}; take it from the '
                'data set again.'
            ) from None
        found[name] = VideoMeta(path, objects)
    return found


def _object(item: Mapping[str, Any]) -> MetaObject:
    category = item.get('category', '')
    if not isinstance(category, str):
        raise ValueError(f'The category {shown(category)} is no text.')
    if 'frame_range' in item:
        about = item['frame_range']
        first, last = (whole_number(about[key], key, 0) for key in ('start', 'end'))
    else:
        numbers = [whole_number(frame, 'A frame', 0) for frame in item['frames']]
        if not numbers:
            raise ValueError('An object is on no frame.')
        first, last = min(numbers), max(numbers)
    if first > last:
        raise ValueError(f'An object is on frames {first} to {last}.')
    return MetaObject(first, last, ' '.join(category.split()))
