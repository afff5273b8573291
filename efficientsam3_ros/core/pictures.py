"""Pictures of a folder as the network gets them, for measuring the ranges of int8."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core.preprocess import Preprocess

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp')


class PictureError(ValueError):
    """A folder without pictures, or a picture that cannot be read."""


def prepared_pictures(folder: Path, preprocess: Preprocess) -> Iterator[np.ndarray]:
    """Return the folder's pictures in the order of their names, prepared as at run time.

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
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in PICTURES)
    if not files:
        raise PictureError(f'{folder} holds no picture ({", ".join(PICTURES)}).')
    return _prepared(files, preprocess)


def _prepared(files: list[Path], preprocess: Preprocess) -> Iterator[np.ndarray]:
    for file in files:
        picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if picture is None:
            raise PictureError(f'{file} is no readable picture; remove it.')
        yield preprocess(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
