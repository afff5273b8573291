"""Real pictures and renderings that ``benchmark domain-gap`` sets beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.cli.support.options import OptionError
from efficientsam3_ros.media import picture_files as media

_WRITTEN = frozenset({'.jpg', '.jpeg', '.png'})
_COLOR, _IDS = '_rgb', '_inst.png'


@dataclass(frozen=True, eq=False)
class Compared:
    """A picture.

    Attributes:
        rgb: uint8 (H, W, 3).
        ids: Object ids (H, W), 0 = background; None if nobody tells them.
    """

    rgb: np.ndarray
    ids: np.ndarray | None = None


def picture_files(folder: Path) -> list[Path]:
    """Return the pictures of a folder; where some end in _rgb, only these.

    Raises:
        OptionError: If there are none.
    """
    pictures = media.pictures_of(folder).files if folder.is_dir() else ()
    files = [p for p in pictures if p.stem.endswith(_COLOR)] or list(pictures)
    if not files:
        raise OptionError(f'{folder} holds no picture; give another folder to --real.')
    return files


def check_picture_name(path: Path) -> None:
    """Refuse a name whose ending tells no format, before any work.

    Raises:
        OptionError: If it is another than .png, .jpg or .jpeg.
    """
    if path.suffix.lower() not in _WRITTEN:
        raise OptionError(f'{path} has no known ending; name it .png or .jpg.')


def read_picture(file: Path) -> Compared:
    """Read a picture, and the ids of its objects if they lie beside it (NAME_inst.png).

    Raises:
        PictureError: If it cannot be read.
    """
    rgb = media.read_picture(file)
    beside = file.with_name(file.stem.removesuffix(_COLOR) + _IDS)
    ids = cv2.imread(str(beside), cv2.IMREAD_UNCHANGED) if beside.is_file() else None
    if ids is not None and ids.shape != rgb.shape[:2]:
        ids = None
    return Compared(rgb, ids)


def renderings(
    pack: str,
    seeds: range,
    size: tuple[int, int],
    assets: Path | None,
    backgrounds: Path | None,
) -> Iterator[Compared]:
    """Yield one picture of each seed's scene, (width, height) = ``size``.

    Raises:
        AssetError: If the pack's files are missing.
        RendererError: If no off-screen OpenGL context can be made.
    """
    from efficientsam3_ros.simulation import Tabletop, TabletopConfig
    from efficientsam3_ros.simulation.registry import PHOTO_PACKS

    for seed in seeds:
        config = TabletopConfig(
            seed=seed,
            width=size[0],
            height=size[1],
            frames=1,
            pack=pack,
            motion='still',
            depth=False,
            assets=assets if pack == 'textured' else None,
            backgrounds=backgrounds if pack in PHOTO_PACKS else None,
        )
        with Tabletop(config) as scene:
            seen = next(iter(scene))
            yield Compared(seen.rgb, seen.ids)
