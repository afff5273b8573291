"""Surfaces of plain rooms: committed texture files, and patterns drawn by code."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import FOLDER, AssetError


@cache
def texture(name: str) -> np.ndarray:
    """Read one committed texture as uint8 (h, w, 3) RGB."""
    image = cv2.imread(str(FOLDER / 'textures' / f'{name}.jpg'), cv2.IMREAD_COLOR)
    if image is None:
        raise AssetError(f'Texture {name!r} is missing in {FOLDER}; run make_assets.py.')
    return np.ascontiguousarray(image[:, :, ::-1])


def texture_names() -> tuple[str, ...]:
    """Return the names of all committed textures, sorted."""
    return tuple(sorted(path.stem for path in (FOLDER / 'textures').glob('*.jpg')))


def checker(rng: np.random.Generator, size: int = 128, cells: int = 8) -> np.ndarray:
    """Draw a checker pattern of two greyish random colours, uint8 (size, size, 3)."""
    light, dark = rng.integers(150, 256, 3), rng.integers(60, 200, 3)
    odd = (np.indices((size, size)) * cells // size).sum(0)
    return np.where((odd % 2)[..., None] == 1, light, dark).astype(np.uint8)


def speckle(rng: np.random.Generator, size: int = 128) -> np.ndarray:
    """Draw a smooth random pattern around one random colour, uint8 (size, size, 3)."""
    noise = cv2.resize(rng.normal(0, 1, (24, 24, 1)), (size, size), interpolation=cv2.INTER_CUBIC)
    color = rng.integers(60, 230, 3)
    return np.clip(color + 25 * noise[..., None], 0, 255).astype(np.uint8)
