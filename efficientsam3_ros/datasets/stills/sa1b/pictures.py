"""A folder or tars of SA-1B."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
import re

from efficientsam3_ros.core.natural_order import natural_key
from efficientsam3_ros.datasets.pictures import subfolders
from efficientsam3_ros.datasets.sequence import SequenceError
from efficientsam3_ros.datasets.stills.frame_set import FolderOfStills
from efficientsam3_ros.datasets.stills.sa1b.mask_filter import MaskFilter
from efficientsam3_ros.datasets.stills.sa1b.picture import Sa1bPicture
from efficientsam3_ros.datasets.tar_member import Stored, members_of

_NAME = re.compile(r'sa_\d+\.(jpg|json)')
_IMAGES, _ANNOTATIONS = 'images', 'annotations'


class Sa1bPictures(FolderOfStills):
    """Pictures of SA-1B, see ``FrameSet``.

    Args:
        root: One ``sa_*.tar`` or a folder of them, as they are downloaded; else a folder of
            ``sa_1.jpg`` beside ``sa_1.json``, or of folders of them; else one with ``images`` and
            ``annotations``, each of which may be split into ``train`` and ``val``.
        masks: Which masks are taken.
        split: Which split, where there are several.

    Raises:
        SequenceError: If no picture has its annotations, a tar is damaged, or several splits are
            there.
    """

    def __init__(self, root: Path, masks: MaskFilter | None = None, split: str = '') -> None:
        masks = masks or MaskFilter()
        images, annotations = _pairs(_stored(root, split))
        names = sorted(images.keys() & annotations.keys(), key=lambda name: int(name[3:]))
        if not names:
            raise SequenceError(
                f'{root} holds no sa_1.jpg with its sa_1.json, neither as files nor in a '
                'sa_*.tar; give the folder of SA-1B.'
            )
        stills = tuple(Sa1bPicture(n, images[n], annotations[n], masks) for n in names)
        alone = len(images.keys() ^ annotations.keys())
        remarks = (f'{alone} files lack their picture or their annotations.',) if alone else ()
        super().__init__(root.resolve().name, 'sa1b', (), stills, remarks)


def is_sa1b(root: Path) -> bool:
    """Tell whether a path is, or directly holds, files or tars of SA-1B."""
    if root.is_file():
        return root.suffix == '.tar' and root.name.startswith('sa_')
    folders = (root, *(root / name for name in subfolders(root)))
    if (root / _IMAGES).is_dir() and (root / _ANNOTATIONS).is_dir():
        folders += tuple(root / _IMAGES / name for name in subfolders(root / _IMAGES))
    return any(_NAME.fullmatch(p.name) for f in folders for p in f.glob('sa_*.jpg')) or any(
        root.glob('sa_*.tar')
    )


def _stored(root: Path, split: str) -> Iterable[Stored]:
    if root.is_file():
        return members_of(root)
    if tars := sorted(root.glob('sa_*.tar'), key=natural_key):
        return (member for tar in tars for member in members_of(tar))
    folders = [root]
    if (root / _IMAGES).is_dir() and (root / _ANNOTATIONS).is_dir():
        split = split or _only_split(root)
        folders = [root / _IMAGES / split, root / _ANNOTATIONS / split]
    return (path for folder in folders for path in folder.rglob('sa_*'))


def _only_split(root: Path) -> str:
    names = subfolders(root / _IMAGES)
    if len(names) > 1:
        raise SequenceError(f'{root / _IMAGES} holds {", ".join(names)}; name the split.')
    return names[0] if names else ''


def _pairs(files: Iterable[Stored]) -> tuple[dict[str, Stored], dict[str, Stored]]:
    """Return pictures and annotations by their stem."""
    found: dict[str, dict[str, Stored]] = {'jpg': {}, 'json': {}}
    for file in files:
        match = _NAME.fullmatch(file.name)
        if match is None:
            continue
        stem, kind = PurePosixPath(file.name).stem, match[1]
        if stem in found[kind]:
            raise SequenceError(f'{file} and {found[kind][stem]} are the same; remove one.')
        found[kind][stem] = file
    return found['jpg'], found['json']
