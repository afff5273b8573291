"""Pictures of a folder as the network gets them, for measuring the ranges of int8."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from efficientsam3_ros.core.pictures.header import PictureError
from efficientsam3_ros.core.preprocess import Preprocess
from efficientsam3_ros.media.picture_files import SUFFIXES, pictures_of, read_picture


def prepared_pictures(folder: Path, preprocess: Preprocess) -> Iterator[np.ndarray]:
    """Return the folder's pictures in natural order, prepared as at run time.

    Args:
        folder: Holds the pictures; other files in it are passed over.
        preprocess: Of the bundle.

    Returns:
        float32 (1, 3, H, W) each, read one by one: a hundred of them fill a gigabyte.

    Raises:
        PictureError: If there is no picture; on the way, if one cannot be read.
    """
    if not folder.is_dir():
        raise PictureError(f'{folder} is no folder; name the folder of the pictures.')
    files = pictures_of(folder).files
    if not files:
        raise PictureError(f'{folder} holds no picture ({", ".join(SUFFIXES)}).')
    return _prepared(files, preprocess)


def _prepared(files: tuple[Path, ...], preprocess: Preprocess) -> Iterator[np.ndarray]:
    for file in files:
        try:
            yield preprocess(read_picture(file))
        except PictureError as error:
            raise PictureError(f'{error} Remove it from the folder.') from None
