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
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.annotated import AnnotatedPictures, videos_with_masks
from efficientsam3_ros.datasets.masks import object_name, visible
from efficientsam3_ros.datasets.palette_png import read_values
from efficientsam3_ros.datasets.pictures import PictureFiles, numbered, subfolders
from efficientsam3_ros.datasets.sequence import Sequence, SequenceError

IMAGES, ANNOTATIONS = 'JPEGImages_24fps', 'Annotations_6fps'
FPS = 24.0
STRIDE = 4
"""Pictures from one annotation to the next."""


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
            true_instance(
                track_id, object_name(track_id), Rle.encode(read_values(pngs[number], size)[0] > 0)
            )
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


def find_sav(root: Path) -> list[Sequence]:
    """Return the videos of a SA-V val or test folder; nothing if it is none.

    Args:
        root: Folder with ``JPEGImages_24fps`` and ``Annotations_6fps``. A list of videos
            (``sav_val.txt``) in it chooses.

    Raises:
        SequenceError: If the layout fits but no video is complete.
    """
    images, masks = root / IMAGES, root / ANNOTATIONS
    if not (images.is_dir() and masks.is_dir()):
        return []
    lists = sorted(root.glob('sav_*.txt'))
    names = lists[0].read_text(encoding='utf-8').split() if lists else []
    return videos_with_masks(images, masks, names or subfolders(masks), 'sav', _video)


def _video(images: Path, masks: Path) -> AnnotatedPictures:
    pictures = PictureFiles.of_folder(images)
    known = set(pictures.numbers)
    stray = 0
    files: dict[int, dict[int, Path]] = {}
    for name in subfolders(masks):
        if not name.isdecimal():
            raise SequenceError(f'{masks / name} is not named by its object, such as 000.')
        pngs = numbered((masks / name).glob('*.png'))
        stray += sum(n not in known for n in pngs)
        # Folders begin at 000, but 0 is no track id.
        files[int(name) + 1] = {n: p for n, p in pngs.items() if n in known}
    if not files:
        raise SequenceError(f'{masks} holds no folder of an object; unpack it again.')
    return AnnotatedPictures(
        name=images.name,
        source='sav',
        pictures=pictures,
        masks=ObjectFolders(files, frozenset(n for pngs in files.values() for n in pngs)),
        fps=FPS,
        annotated_every=STRIDE,
        remarks=(f'{stray} masks have no picture and are not used.',) if stray else (),
    )
