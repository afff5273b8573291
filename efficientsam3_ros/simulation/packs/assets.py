"""Shapes and textures of a pack: what can be put on the table.

The clean pack reads two small npz files and some jpg textures beside this module; the primitives
pack needs no file at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import AssetError, Mesh
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, PRIMITIVE_NOUNS, Noun

PACKS = ('clean', 'primitives', 'rich')
FOLDER = Path(__file__).parents[1] / 'assets'
ROUND_SHAPES = frozenset(
    {'ball', 'egg', '013_apple', '014_lemon', '017_orange', '018_plum', '055_baseball'}
    | {'056_tennis_ball', '012_strawberry', '016_pear'}
)


@dataclass(frozen=True)
class Primitive:
    """MuJoCo geom of half sizes in metres, before random scaling.

    Attributes:
        kind: 'box', 'sphere', 'cylinder', 'capsule' or 'ellipsoid'.
        half_sizes: Half extents (x, y, z), metres.
    """

    kind: str
    half_sizes: tuple[float, float, float]


PRIMITIVES: dict[str, Primitive] = {
    'block': Primitive('box', (0.024, 0.024, 0.024)),
    'ball': Primitive('sphere', (0.032, 0.032, 0.032)),
    'egg': Primitive('ellipsoid', (0.022, 0.022, 0.029)),
    'cylinder': Primitive('cylinder', (0.03, 0.03, 0.045)),
    'stick': Primitive('capsule', (0.011, 0.011, 0.08)),
}


@cache
def _shapes(name: str) -> dict[str, Mesh]:
    path = FOLDER / name
    if not path.is_file():
        raise AssetError(
            f'{path} is missing: reinstall the package, write it with make_assets.py, '
            "or use pack='primitives', which needs no file."
        )
    with np.load(path) as arrays:
        keys = {entry.split('/')[0] for entry in arrays.files}
        return {
            key: Mesh(arrays[f'{key}/vertices'], arrays[f'{key}/faces'].astype(np.int32))
            for key in sorted(keys)
        }


def shape(key: str) -> tuple[Mesh, ...] | Primitive:
    """Return a shape by its key; meshes may have several parts.

    Raises:
        AssetError: If the file of the pack or the key is missing.
    """
    if key in PRIMITIVES:
        return PRIMITIVES[key]
    if '/' in key:
        from efficientsam3_ros.simulation.packs import rich

        return rich.parts(key)
    for file in ('ycb.npz', 'robosuite.npz'):
        if key in _shapes(file):
            return (_shapes(file)[key],)
    raise AssetError(f'No shape {key!r} in the asset pack; write it with make_assets.py.')


def nouns(pack: str) -> tuple[Noun, ...]:
    """Return the kinds of object of a pack.

    Raises:
        ValueError: If the pack is unknown.
        AssetError: If the packages of the rich pack are not installed.
    """
    if pack not in PACKS:
        raise ValueError(f'Pack must be one of {PACKS}, got {pack!r}.')
    if pack == 'rich':
        # Optional packages, and this module is what the rich pack is made of.
        from efficientsam3_ros.simulation.packs import rich

        rich.folder()
        return rich.NOUNS
    return PRIMITIVE_NOUNS if pack == 'primitives' else CLEAN_NOUNS


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
