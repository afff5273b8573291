"""The folder of cut-outs: PNG pictures and what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.core.typed_fields import FieldError, read_fields
from efficientsam3_ros.core.writing.atomic import write_json
from efficientsam3_ros.datasets.masks import read_json

INDEX = 'cutouts.json'


@dataclass(frozen=True)
class Cutout:
    """One cut-out.

    Attributes:
        file: In the folder.
        source: Set that it is of.
        noun: What it is; empty if nobody named it.
        origin: Picture that it is of, where one picture shows one thing.
    """

    file: str
    source: str
    noun: str = ''
    origin: str = ''


@dataclass(frozen=True)
class _Index:
    cutouts: tuple[Cutout, ...]


def write_cutout(folder: Path, cutout: Cutout, rgba: np.ndarray) -> None:
    """Write the picture of a cut-out, uint8 (h, w, 4)."""
    if not cv2.imwrite(str(folder / cutout.file), cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA)):
        raise OSError(f'{folder / cutout.file} cannot be written; is the disk full?')


def write_index(folder: Path, cutouts: Sequence[Cutout]) -> None:
    """Write what the cut-outs of a folder are."""
    write_json(folder / INDEX, {'cutouts': [asdict(cutout) for cutout in cutouts]})


def read_index(folder: Path) -> tuple[Cutout, ...]:
    """Read what the cut-outs of a folder are.

    Raises:
        ValueError: If there are none, or the index is damaged.
    """
    path = folder / INDEX
    remedy = 'write it with python -m training.data.cutouts'
    try:
        found = read_fields(_Index, read_json(path)).cutouts
    except FieldError as error:
        raise ValueError(f'{path}: {error}; {remedy}.') from error
    if not found:
        raise ValueError(f'{path} names no cut-out; {remedy}.')
    return found


def read_cutout(folder: Path, cutout: Cutout) -> np.ndarray:
    """Read the picture of a cut-out, uint8 (h, w, 4) RGBA.

    Raises:
        ValueError: If it is missing or damaged.
    """
    image = cv2.imread(str(folder / cutout.file), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim != 3 or image.shape[2] != 4:
        raise ValueError(f'{folder / cutout.file} is missing or damaged; cut out again.')
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA))
