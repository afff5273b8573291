"""Finds the annotations of an export, and the pictures that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
import os
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from efficientsam3_ros.datasets.masks import read_json
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.coco import is_coco

_PICTURES = frozenset({'.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff', '.ppm'})


@dataclass(frozen=True)
class AnnotationFile:
    """One JSON file in COCO's form.

    Attributes:
        path: The file.
        data: Its content.
    """

    path: Path
    data: dict[str, Any]


def _files(root: Path) -> Iterator[PurePosixPath]:
    """Yield every file below a folder, relative to it; pictures often lie behind a link."""
    seen = {root.resolve()}
    for folder, folders, names in os.walk(root, followlinks=True):
        # A link that leads back up would be followed for ever.
        new = {name: (Path(folder) / name).resolve() for name in sorted(folders)}
        folders[:] = [name for name, path in new.items() if path not in seen]
        seen.update(new.values())
        for name in sorted(names):
            yield PurePosixPath((Path(folder) / name).relative_to(root).as_posix())


def annotation_files(root: Path) -> list[AnnotationFile]:
    """Return the files in COCO's form anywhere in a folder, in the order of their paths.

    Raises:
        SequenceError: If there is none, or the folder does not exist.
    """
    if not root.is_dir():
        raise SequenceError(f'{root} is no folder; give the unpacked COCO export.')
    found, unread = [], []
    for path in sorted(root / place for place in _files(root) if place.suffix == '.json'):
        try:
            data = read_json(path)
        except ValueError as error:
            unread.append(str(error))
            continue
        if is_coco(data):
            found.append(AnnotationFile(path, data))
    if not found:
        why = unread[0] if unread else 'It needs a JSON file with images, annotations, categories.'
        raise SequenceError(
            f"{root} holds no annotations in COCO's form: {why} Export them again as COCO."
        )
    return found


class PictureFiles:
    """The pictures below a folder.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_name: dict[str, list[PurePosixPath]] = {}
        for place in _files(root):
            if place.suffix.lower() in _PICTURES:
                self._by_name.setdefault(place.name, []).append(place)

    def find(self, name: str, annotations: Path) -> PurePosixPath | None:
        """Return the picture that an annotation means, relative to the folder.

        Tools write a name alone, one with folders of theirs, or an address. Of pictures with the
        same name the one counts that shares most of the folders, then the one that lies nearest
        to the annotations.

        Args:
            name: ``file_name`` of the annotation.
            annotations: The JSON file.
        """
        said = PurePosixPath(name.replace('\\', '/')).parts
        if said and said[-1] not in self._by_name:
            # An address: ``/data/local-files/?d=table%201/a.jpg`` of Label Studio, for example.
            said = PurePosixPath(unquote(name.rpartition('?d=')[2].partition('?')[0])).parts
        if not said:
            return None
        beside = annotations.parent.relative_to(self._root).parts
        return max(
            self._by_name.get(said[-1], ()),
            key=lambda place: (_same_end(place.parts, said), _same_begin(place.parts, beside)),
            default=None,
        )


def with_places(file: AnnotationFile, pictures: PictureFiles) -> tuple[dict[str, Any], list[str]]:
    """Return an annotation whose pictures are named from the folder, and those that are missing.

    Pictures that are missing are left out of it.

    Raises:
        SequenceError: If an entry has no name.
    """
    kept: list[Mapping[str, Any]] = []
    missing: list[str] = []
    entries: Sequence[Any] = file.data['images']
    for item in entries:
        name = item.get('file_name') if isinstance(item, Mapping) else None
        if not isinstance(name, str):
            raise SequenceError(f'{file.path}: a picture has no file_name; export it again.')
        place = pictures.find(name, file.path)
        if place is None:
            missing.append(name)
        else:
            kept.append({**item, 'file_name': str(place)})
    return {**file.data, 'images': kept}, missing


def _same_end(one: Sequence[str], other: Sequence[str]) -> int:
    return _same_begin(one[::-1], other[::-1])


def _same_begin(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for first, second in zip(one, other):
        if first != second:
            break
        count += 1
    return count
