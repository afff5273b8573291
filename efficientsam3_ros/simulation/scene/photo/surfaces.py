"""Chooses the surfaces of table, floor and walls: drawn ones, committed ones, photographs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import AssetError, Finish
from efficientsam3_ros.simulation.packs.surfaces import texture, texture_names
from efficientsam3_ros.simulation.scene.photo import patterns

PHOTO_SHARE = {'table': 0.2, 'floor': 0.25, 'wall': 0.7}
"""How often a photograph is taken where there are some."""
_SUFFIXES = frozenset({'.jpg', '.jpeg', '.png'})
_Draw = Callable[[np.random.Generator], np.ndarray]


def _committed(rng: np.random.Generator) -> np.ndarray:
    names = texture_names()
    return texture(names[rng.integers(len(names))])


_KINDS: dict[str, tuple[tuple[_Draw, float, float], ...]] = {
    # What draws it, how often, how shiny it is at most.
    'table': (
        (patterns.wood, 0.38, 0.4),
        (patterns.paint, 0.2, 0.5),
        (patterns.marble, 0.1, 0.6),
        (patterns.cloth, 0.1, 0.0),
        (patterns.planks, 0.08, 0.2),
        (patterns.concrete, 0.06, 0.1),
        (_committed, 0.08, 0.3),
    ),
    'floor': (
        (patterns.planks, 0.35, 0.3),
        (patterns.carpet, 0.25, 0.0),
        (patterns.tiles, 0.2, 0.4),
        (patterns.concrete, 0.2, 0.1),
    ),
    'wall': (
        (patterns.paint, 0.4, 0.1),
        (patterns.shelf, 0.5, 0.1),
        (patterns.concrete, 0.1, 0.0),
    ),
}


@dataclass(frozen=True)
class Surface:
    """One surface.

    Attributes:
        image: uint8 (h, w, 3) RGB.
        whole: Whether the picture covers the whole face once, as photographs do.
        finish: How it takes light.
    """

    image: np.ndarray
    whole: bool
    finish: Finish


def photographs(folder: Path | None) -> tuple[Path, ...]:
    """Return the pictures of a folder, sorted; none without a folder.

    Raises:
        AssetError: If the folder holds no picture.
    """
    if folder is None:
        return ()
    found = sorted(p for p in folder.glob('*') if p.suffix.lower() in _SUFFIXES)
    if not found:
        raise AssetError(
            f'{folder} holds no .jpg or .png picture to be a background; give another folder to '
            '--backgrounds, or none.'
        )
    return tuple(found)


def draw(rng: np.random.Generator, place: str, photos: Sequence[Path]) -> Surface:
    """Draw a surface for 'table', 'floor' or 'wall'.

    Raises:
        AssetError: If a photograph cannot be read.
    """
    if photos and rng.random() < PHOTO_SHARE[place]:
        image = _photograph(rng, photos[int(rng.integers(len(photos)))])
        return Surface(image, True, Finish(rng.uniform(0, 0.2), 0.3))
    kinds = _KINDS[place]
    pattern, _, shine = kinds[rng.choice(len(kinds), p=[share for _, share, _ in kinds])]
    finish = Finish(rng.uniform(0, max(shine, 0.02)), rng.uniform(0.2, 0.8))
    return Surface(pattern(rng), pattern is patterns.shelf, finish)


def _photograph(rng: np.random.Generator, path: Path) -> np.ndarray:
    """Return a random part of a picture, uint8 (512, 512, 3)."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise AssetError(f'{path} is no picture; remove it from the folder of backgrounds.')
    side = int(min(image.shape[:2]) * rng.uniform(0.7, 1.0))
    top, left = (int(rng.integers(n - side + 1)) for n in image.shape[:2])
    part = image[top : top + side, left : left + side, ::-1]
    return cv2.resize(part, (patterns.SIZE, patterns.SIZE), interpolation=cv2.INTER_AREA)
