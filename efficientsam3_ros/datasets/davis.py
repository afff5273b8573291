"""DAVIS, MOSE, YouTube-VOS and LVOS: pictures beside palettised PNG masks.

``JPEGImages/<video>/00000.jpg`` beside ``Annotations/<video>/00000.png``; DAVIS has a folder of
the resolution in between. An object that is not in view has no pixel; objects cannot overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.id_image import object_masks, true_instance
from efficientsam3_ros.datasets.annotated import AnnotatedPictures, videos_with_masks
from efficientsam3_ros.datasets.masks import object_name
from efficientsam3_ros.datasets.palette_png import colors_instead_of_ids, read_values
from efficientsam3_ros.datasets.pictures import PictureFiles, numbered, subfolders
from efficientsam3_ros.datasets.sequence import Sequence, SequenceError
from efficientsam3_ros.datasets.video_meta import VideoMeta, meta_file, read_meta

IMAGES, ANNOTATIONS = 'JPEGImages', 'Annotations'
SPLITS = ('valid', 'val', 'train', 'test')
# Frame rates of the videos, by which the numbers of their pictures become stamps.
FPS = {'davis': 24.0, 'mose': 24.0, 'youtube_vos': 30.0, 'lvos': 24.0}
_RESOLUTIONS = ('480p', 'Full-Resolution', '1080p')
# Marks pixels that the annotators left open, but in masks of one object, where it is the object.
_OPEN = 255
_VAL_LIST = Path('ImageSets/2017/val.txt')


@dataclass(frozen=True)
class PaletteMasks:
    """One PNG a picture, its values object ids.

    Sets of one object may store it as any value or color, the same in the whole video.

    Attributes:
        files: Number of the picture to PNG.
        total: Number of pictures.
        meta: What the set tells of the objects; None where it tells nothing.
    """

    files: dict[int, Path]
    total: int
    meta: VideoMeta | None = None

    def at(self, number: int, size: tuple[int, int]) -> tuple[Instance, ...] | None:
        """Read the masks of one picture."""
        path = self.files.get(number)
        if path is None:
            return None
        values, colored = read_values(path, size)
        if colored or _values_of(values) == {_OPEN}:
            if self._one_object:
                values = (values > 0).astype(np.int64)
            elif colored:
                raise colors_instead_of_ids(path)
        found = {n: mask for n, mask in object_masks(values).items() if n != _OPEN}
        if self.meta is not None:
            self.meta.check(path, set(found))
        return tuple(true_instance(n, object_name(n), mask) for n, mask in found.items())

    @cached_property
    def _one_object(self) -> bool:
        """Whether all masks of the video together have one value or color: a single object."""
        seen: set[int] = set()
        for path in self.files.values():
            with suppress(SequenceError):
                seen |= _values_of(read_values(path)[0])
            if len(seen) > 1:
                return False
        return True

    def content(self) -> Iterator[bytes]:
        """Yield the files."""
        for number, path in self.files.items():
            yield b'%d' % number + path.read_bytes()

    def notes(self) -> Iterable[str]:
        """Tell how many pictures are annotated, if not all."""
        if len(self.files) < self.total:
            yield f'{len(self.files)} of {self.total} pictures are annotated.'


def _values_of(image: np.ndarray) -> set[int]:
    return set(np.unique(image).tolist()) - {0}


def find_davis(root: Path) -> list[Sequence]:
    """Return the videos of a data set with palettised masks.

    Args:
        root: Folder with ``JPEGImages`` and ``Annotations``, or with one split that holds them;
            or a DAVIS list of videos (``ImageSets/2017/val.txt``). The root of DAVIS-2017 means
            its ``val`` videos.

    Returns:
        Nothing if the layout is another one.

    Raises:
        SequenceError: If the layout fits but no video, or several splits, are there.
    """
    listed = None
    if root.suffix == '.txt' and root.is_file():
        if len(root.parents) < 3 or not (root.parents[2] / IMAGES).is_dir():
            return []
        listed, root = root, root.parents[2]
    elif (root / _VAL_LIST).is_file():
        listed = root / _VAL_LIST
    folder = _split(root)
    if folder is None:
        return []
    images, masks = _resolution(folder / IMAGES), folder / ANNOTATIONS
    source = 'davis' if images.name != IMAGES else _source(folder)
    masks = masks / images.name if source == 'davis' else masks
    metas = _meta(folder, source)
    # What has masks but no pictures, or the reverse, is reported.
    every = sorted({*subfolders(images), *subfolders(masks)})
    names = listed.read_text(encoding='utf-8').split() if listed else every
    return videos_with_masks(images, masks, names, source, partial(_video, source, metas))


def _meta(folder: Path, source: str) -> dict[str, VideoMeta]:
    path = meta_file(folder) if source in ('youtube_vos', 'lvos') else None
    return read_meta(path) if path else {}


def _video(
    source: str, metas: Mapping[str, VideoMeta], images: Path, masks: Path
) -> AnnotatedPictures:
    pictures = PictureFiles.of_folder(images)
    pngs = numbered(masks.glob('*.png'))
    stray = [n for n in pngs if n not in set(pictures.numbers)]
    remarks = [f'{len(stray)} masks have no picture and are not used.'] if stray else []
    meta = metas.get(images.name)
    if metas and meta is None:
        remarks.append(f'{next(iter(metas.values())).file.name} does not tell of this video.')
    kept = {n: path for n, path in pngs.items() if n not in stray}
    return AnnotatedPictures(
        name=images.name,
        source=source,
        pictures=pictures,
        masks=PaletteMasks(kept, len(pictures.numbers), meta),
        fps=FPS[source],
        remarks=tuple(remarks),
        categories={n: o.category for n, o in meta.objects.items() if o.category} if meta else {},
    )


def _split(root: Path) -> Path | None:
    """Return the folder that holds pictures and masks."""
    fitting = [f for f in (root, *(root / s for s in SPLITS)) if _fits(f)]
    if len(fitting) > 1 and fitting[0] != root:
        raise SequenceError(
            f'{root} holds {", ".join(f.name for f in fitting)}; give the one to evaluate.'
        )
    return fitting[0] if fitting else None


def _fits(folder: Path) -> bool:
    return (folder / IMAGES).is_dir() and (folder / ANNOTATIONS).is_dir()


def _resolution(images: Path) -> Path:
    return next((images / r for r in _RESOLUTIONS if (images / r).is_dir()), images)


def _source(folder: Path) -> str:
    path = meta_file(folder)
    if path is None:
        return 'mose'
    return 'youtube_vos' if path.name == 'meta.json' else 'lvos'
