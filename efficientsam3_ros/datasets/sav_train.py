"""SA-V train: a video or its pictures at 24 Hz, masks at 6 Hz in JSON.

``sav_000001_manual.json`` and ``sav_000001_auto.json`` beside ``sav_000001.mp4`` or a folder
``sav_000001/00000.jpg``. Annotation t belongs to picture 4 t. An absent object is a mask without
pixels, or null (format of facebookresearch/sam2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from efficientsam3_ros.core import Instance
from efficientsam3_ros.core.errors.one_line import one_line
from efficientsam3_ros.core.id_image import true_instance
from efficientsam3_ros.datasets.annotated import AnnotatedPictures, sound_or_broken
from efficientsam3_ros.datasets.coco import from_coco
from efficientsam3_ros.datasets.masks import DAMAGE, object_name, read_json, visible
from efficientsam3_ros.datasets.pictures import PictureFiles, Pictures, VideoFile
from efficientsam3_ros.datasets.sav import FPS, STRIDE
from efficientsam3_ros.datasets.sequence import Sequence, SequenceError

# A file takes tens of megabytes once it is read, and there are fifty thousand.
_KEPT = 4
_KINDS = ('_manual.json', '_auto.json')


@dataclass(frozen=True)
class Masklets:
    """The JSON file of one video, read when needed and kept while few others are.

    Attributes:
        path: The file.
    """

    path: Path

    @property
    def _about(self) -> dict[str, Any]:
        try:
            state = self.path.stat()
        except OSError as error:
            raise SequenceError(f'{self.path} cannot be read: {error.strerror}.') from None
        return _read(self.path, state.st_mtime_ns, state.st_size)

    @property
    def count(self) -> int:
        """Number of pictures of the video, a float in the file."""
        about = self._about
        try:
            return int(about.get('video_frame_count') or STRIDE * len(about['masklet']))
        except DAMAGE as error:
            raise SequenceError(
                f'{self.path} does not tell how long the video is ({one_line(error)}); copy it '
                'again.'
            ) from None

    def at(self, number: int, size: tuple[int, int]) -> tuple[Instance, ...] | None:
        """Decode the masks of one picture."""
        step, rest = divmod(number, STRIDE)
        masklet = self._about['masklet']
        if rest or step >= len(masklet):
            return None
        # Ids begin at 0, but 0 is no track id.
        numbers = [int(n) + 1 for n in self._about['masklet_id']]
        if len(masklet[step]) != len(numbers):
            raise SequenceError(
                f'{self.path.name}: annotation {step} has {len(masklet[step])} masks for '
                f'{len(numbers)} objects; copy the file again.'
            )
        return visible(
            true_instance(n, object_name(n), from_coco(mask, size))
            for n, mask in zip(numbers, masklet[step])
            if mask is not None
        )

    def content(self) -> Iterator[bytes]:
        """Yield the file."""
        yield self.path.read_bytes()

    def notes(self) -> Iterable[str]:
        """Tell of masks that a model made."""
        if self.path.name.endswith(_KINDS[1]):
            yield f'{self.path.name}: masks were made by a model, not by hand.'


@lru_cache(_KEPT)
def _read(path: Path, changed_ns: int, size: int) -> dict[str, Any]:
    """Read a file; time and size tell a changed one apart."""
    about = read_json(path)
    if not isinstance(about, dict) or not {'masklet', 'masklet_id'} <= about.keys():
        raise SequenceError(f'{path} is no SA-V file: "masklet" is missing.')
    return about


def find_sav_train(root: Path) -> list[Sequence]:
    """Return the videos of a SA-V train folder; nothing if it is none.

    A folder is only listed: there are fifty thousand files of tens of megabytes. Each is opened
    when its video is read, and a damaged one is told then. A file that is named is read at once.

    Args:
        root: Folder of JSON files, or of folders (``sav_000``) that hold them; or one JSON file,
            which also chooses the masks made by a model. Of a folder those made by hand count,
            where there are any.

    Raises:
        SequenceError: If not one video is there, as a file or as pictures, or a file that is named
            is damaged.
    """
    if root.is_file():
        chosen = [root] if root.name.endswith(_KINDS) else []
        if chosen and Masklets(root).count < 1:
            raise SequenceError(f'{root} tells of no picture; copy it again.')
    else:
        by_hand, by_model = (
            {_video_name(p): p for p in (*root.glob(f'*{kind}'), *root.glob(f'*/*{kind}'))}
            for kind in _KINDS
        )
        chosen = [path for _, path in sorted({**by_model, **by_hand}.items())]
    files = {_video_name(path): path for path in chosen}
    return sound_or_broken(files, 'sav', lambda name: _video(files[name]))


def _video(path: Path) -> AnnotatedPictures:
    name = _video_name(path)
    masks = Masklets(path)
    folder, video = path.with_name(name), path.with_name(f'{name}.mp4')
    pictures: Pictures
    if folder.is_dir():
        pictures = PictureFiles.of_folder(folder)
    elif video.is_file():
        pictures = VideoFile(video, masks)
    else:
        raise SequenceError(f'Neither {video} nor the pictures {folder}/00000.jpg are there.')
    return AnnotatedPictures(name, 'sav', pictures, masks, FPS, annotated_every=STRIDE)


def _video_name(path: Path) -> str:
    return path.name.removesuffix(_KINDS[0]).removesuffix(_KINDS[1])
