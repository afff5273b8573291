"""SA-V val and test: every picture at 24 Hz, one PNG an object for every fourth.

``JPEGImages_24fps/<video>/00000.jpg`` beside ``Annotations_6fps/<video>/<object>/00000.png``; any
value above 0 is the object, a missing PNG says that it is not in view, objects may overlap
(layout of facebookresearch/sam2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from efficientsam3_ros.core import Instance, Rle
from efficientsam3_ros.datasets.annotated import AnnotatedPictures
from efficientsam3_ros.datasets.masks import object_name, true_instance, visible
from efficientsam3_ros.datasets.palette_png import read_ids
from efficientsam3_ros.datasets.pictures import PictureFiles, numbered
from efficientsam3_ros.datasets.sequence import SequenceError

IMAGES, ANNOTATIONS = 'JPEGImages_24fps', 'Annotations_6fps'
FPS = 24.0


@dataclass(frozen=True)
class ObjectFolders:
    """One folder of PNGs an object.

    Attributes:
        files: Track id to number of the picture to PNG.
        annotated: Numbers of the pictures of which some object has a PNG.
    """

    files: dict[int, dict[int, Path]]
    annotated: frozenset[int]

    def at(self, number: int, size: tuple[int, int]) -> tuple[Instance, ...] | None:
        """Read the masks of one picture."""
        if number not in self.annotated:
            return None
        return visible(
            true_instance(track_id, object_name(track_id), _mask(pngs[number], size))
            for track_id, pngs in self.files.items()
            if number in pngs
        )

    def content(self) -> Iterator[bytes]:
        """Yield the files."""
        for track_id, pngs in self.files.items():
            for number, path in pngs.items():
                yield b'%d %d' % (track_id, number) + path.read_bytes()

    def notes(self) -> Iterable[str]:
        """Tell of missing PNGs."""
        missing = sum(len(self.annotated) - len(pngs) for pngs in self.files.values())
        if missing:
            yield f'{missing} masks are missing and count as not in view, as in SA-V itself.'


def find_sav(root: Path, fps: float | None = None) -> list[AnnotatedPictures]:
    """Return the videos of a SA-V val or test folder; nothing if it is none.

    Args:
        root: Folder with ``JPEGImages_24fps`` and ``Annotations_6fps``. A list of videos
            (``sav_val.txt``) in it chooses.
        fps: Frame rate of the pictures; None means 24.

    Raises:
        SequenceError: If the layout fits but no video is complete.
    """
    images, masks = root / IMAGES, root / ANNOTATIONS
    if not (images.is_dir() and masks.is_dir()):
        return []
    lists = sorted(root.glob('sav_*.txt'))
    names = lists[0].read_text(encoding='utf-8').split() if lists else []
    names = names or sorted(p.name for p in masks.iterdir() if p.is_dir())
    missing = [n for n in names if not (images / n).is_dir() or not (masks / n).is_dir()]
    found = [_video(images / n, masks / n, fps or FPS) for n in names if n not in missing]
    if not found:
        raise SequenceError(f'{images} and {masks} have no video in common; unpack both.')
    if missing:
        found[0].remarks += (
            f'{len(missing)} videos lack pictures or masks: {", ".join(missing)}.',
        )
    return found


def _video(images: Path, masks: Path, fps: float) -> AnnotatedPictures:
    pictures = PictureFiles.of_folder(images)
    known = set(pictures.numbers)
    stray = 0
    files: dict[int, dict[int, Path]] = {}
    for folder in sorted(p for p in masks.iterdir() if p.is_dir()):
        if not folder.name.isdecimal():
            raise SequenceError(f'{folder} is not named by its object, such as 000.')
        pngs = numbered(folder.glob('*.png'))
        stray += sum(n not in known for n in pngs)
        # Folders begin at 000, but 0 is no track id.
        files[int(folder.name) + 1] = {n: p for n, p in pngs.items() if n in known}
    if not files:
        raise SequenceError(f'{masks} holds no folder of an object; unpack it again.')
    return AnnotatedPictures(
        name=images.name,
        source='sav',
        pictures=pictures,
        masks=ObjectFolders(files, frozenset(n for pngs in files.values() for n in pngs)),
        fps=fps,
        remarks=(f'{stray} masks have no picture and are not used.',) if stray else (),
    )


def _mask(path: Path, size: tuple[int, int]) -> Rle:
    ids = read_ids(path)
    if ids.shape != tuple(size):
        raise SequenceError(
            f'{path.name} is {ids.shape[1]}x{ids.shape[0]}, its picture {size[1]}x{size[0]}; '
            'copy the video again.'
        )
    return Rle.encode(ids)
