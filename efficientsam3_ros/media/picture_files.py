"""Files of pictures: which a folder holds, in which order, and what is in one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from efficientsam3_ros.core.natural_order import natural_key
from efficientsam3_ros.core.pictures.decoder import decode_picture
from efficientsam3_ros.core.pictures.header import MAX_PIXELS, PictureError

# AVIF and HEIC are listed also where no library reads them, so that the error says what to do.
SUFFIXES = (
    *('.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp'),
    *('.avif', '.heic', '.heif'),
)
_MAX_BYTES = 8 * MAX_PIXELS  # four channels of 16 bits, not compressed
_NAMED = 3


@dataclass(frozen=True)
class PictureFolder:
    """The pictures of a folder.

    Attributes:
        files: In natural order, as ``ls -v`` lists them.
        notes: Sentences on what was passed over.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def is_picture(path: Path) -> bool:
    """Tell whether a name is that of a picture."""
    return path.suffix.lower() in SUFFIXES


def pictures_of(folder: Path) -> PictureFolder:
    """List the pictures of a folder, not of the folders in it.

    Raises:
        OSError: If the folder cannot be read.
    """
    found = sorted((p for p in folder.iterdir() if is_picture(p)), key=natural_key)
    passed: dict[str, list[Path]] = {}
    files = []
    for path in found:
        if path.name.startswith('.'):
            passed.setdefault('hidden', []).append(path)
        elif path.is_symlink() and not path.exists():
            passed.setdefault('a broken link', []).append(path)
        elif not path.is_file():
            passed.setdefault('no regular file', []).append(path)
        else:
            files.append(path)
    notes = tuple(_note(folder, why, paths) for why, paths in passed.items())
    return PictureFolder(tuple(files), notes)


def read_picture(path: Path) -> np.ndarray:
    """Read a picture on the sensor's grid, whatever its EXIF rotation says.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        PictureError: If it cannot be read or decoded; the message begins with the path.
    """
    try:
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise PictureError(f'{size} bytes are more than the limit of {_MAX_BYTES}')
        return decode_picture(path.read_bytes())
    except OSError as error:
        raise PictureError(f'{path} cannot be read: {error.strerror or error}.') from None
    except PictureError as error:
        raise PictureError(f'{path} cannot be decoded: {error}.') from None


def _note(folder: Path, why: str, paths: list[Path]) -> str:
    names = ', '.join(path.name for path in paths[:_NAMED])
    more = f' and {len(paths) - _NAMED} more' if len(paths) > _NAMED else ''
    return f'{folder}: {names}{more} skipped, being {why}.'
