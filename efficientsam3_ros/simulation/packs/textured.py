"""The pack of textured scans in a folder of the user's: ``index.json``, NAME.npz, NAME.jpg."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
import json
from pathlib import Path
import re
from zipfile import BadZipFile

import cv2
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import (
    TRIANGLES,
    AssetError,
    Finish,
    Mesh,
    decimated,
)
from efficientsam3_ros.simulation.packs.pack import Form, Look
from efficientsam3_ros.simulation.packs.textured_words import UNUSED, WORDS
from efficientsam3_ros.simulation.vocabulary import COLORS, SPLITS, Noun

TEXTURE_SIZE = 512
"""Side of a texture on the table, pixels; one object rarely covers more of an image."""
_PREFIX = 'ycb_'
_HOW = 'see docs/real_data.md for its layout and sources'


class TexturedPack:
    """Scans with photographed surfaces; see ``Pack``.

    Args:
        folder: Where the meshes are.

    Raises:
        AssetError: If the folder or its index is missing or damaged.
    """

    name = 'textured'
    look: Look = 'photo'
    splits = SPLITS
    surfaces: tuple[str, ...] = ()

    def __init__(self, folder: Path | None) -> None:
        if folder is None:
            raise AssetError(
                f'Pack "textured" needs a folder of meshes: give --assets FOLDER; {_HOW}.'
            )
        self._folder = folder
        self._nouns = _nouns(folder)

    @property
    def notes(self) -> tuple[str, ...]:
        """What users should know of the folder: meshes that are called by their file names."""
        new = [noun for key, noun in self._nouns.items() if _key(key) not in WORDS]
        if not new:
            return ()
        named = ', '.join(f'{noun.shape} = {noun.colors[0]} {noun.name}' for noun in new)
        return (f'note: meshes without an entry in the table of words: {named}',)

    def nouns(self) -> tuple[Noun, ...]:
        """Return the kinds of object, one a mesh."""
        return tuple(self._nouns.values())

    def form(self, noun: Noun, color: str, rng: np.random.Generator) -> Form:
        """Return the textured mesh of a noun.

        Raises:
            AssetError: If its files are missing or damaged.
        """
        words = WORDS.get(_key(noun.shape))
        finish = Finish(0.3, 0.3) if words is None else words.finish
        varied = Finish(
            float(np.clip(finish.specular * rng.uniform(0.6, 1.4), 0, 1)),
            float(np.clip(finish.shininess * rng.uniform(0.7, 1.3), 0, 1)),
        )
        mesh = _read_mesh(self._folder, noun.shape)
        image = mesh.image if noun.patterned else _recolored(mesh, color)
        return (replace(mesh, image=image, finish=varied),)


def _key(name: str) -> str:
    return name.removeprefix(_PREFIX)


@lru_cache(maxsize=4)
def _nouns(folder: Path) -> Mapping[str, Noun]:
    """Return the noun of every mesh that the index names."""
    index = folder / 'index.json'
    try:
        names = sorted(json.loads(index.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise AssetError(
            f'{folder} is no folder of textured meshes, its index.json cannot be read '
            f'({type(error).__name__}); {_HOW}.'
        ) from error
    missing = [n for n in names for s in ('.npz', '.jpg') if not (folder / (n + s)).is_file()]
    if missing or not names:
        shown = missing[0] if missing else 'everything'
        raise AssetError(f'{folder} lacks the mesh or picture of {shown}; {_HOW}.')
    return {name: _noun(folder, name) for name in names if _key(name) not in UNUSED}


def _noun(folder: Path, name: str) -> Noun:
    if _key(name) in WORDS:
        return replace(WORDS[_key(name)].noun, shape=name)
    spoken = re.sub(r'[^a-z]+', ' ', _key(name).lower()).strip() or 'thing'
    return Noun(spoken, name, (_nearest_color(_read_mesh(folder, name)),), patterned=True)


def _nearest_color(mesh: Mesh) -> str:
    """Return the name of the color that is nearest to the mean of the used texture."""
    mean = _used_texels(mesh).mean(0) / 255
    return min(COLORS, key=lambda name: float(np.abs(mean - COLORS[name]).sum()))


def _used_texels(mesh: Mesh) -> np.ndarray:
    """Return the colors at all vertices, uint8 (V, 3)."""
    assert mesh.image is not None and mesh.texture_coordinates is not None
    size = np.array(mesh.image.shape[1::-1]) - 1
    column, row = np.rint(np.clip(mesh.texture_coordinates, 0, 1) * size).astype(int).T
    return mesh.image[row, column]


def _recolored(mesh: Mesh, color: str) -> np.ndarray:
    """Return the texture of a scan of one color in another: its shades are kept."""
    assert mesh.image is not None
    common = max(float(np.median(_used_texels(mesh).max(1))), 1.0)
    shade = np.minimum(mesh.image.max(2).astype(np.float32) / common, 1.1)
    return np.clip(255 * shade[..., None] * np.array(COLORS[color]), 0, 255).astype(np.uint8)


@lru_cache(maxsize=128)
def _read_mesh(folder: Path, name: str) -> Mesh:
    image = cv2.imread(str(folder / f'{name}.jpg'), cv2.IMREAD_COLOR)
    try:
        with np.load(folder / f'{name}.npz', allow_pickle=False) as arrays:
            vertices, coordinates = arrays['v'], arrays['uv']
            faces = arrays['f'].astype(np.int32)
        _check(vertices, coordinates, faces)
    except (OSError, LookupError, ValueError, BadZipFile) as error:
        raise AssetError(f'{folder / name}.npz is damaged ({error}); {_HOW}.') from error
    if image is None:
        raise AssetError(f'{folder / name}.jpg is no picture; {_HOW}.')
    image = cv2.resize(image, (TEXTURE_SIZE, TEXTURE_SIZE), interpolation=cv2.INTER_AREA)
    low, high = vertices.min(0), vertices.max(0)
    vertices = vertices - [*(low[:2] + high[:2]) / 2, low[2]]
    if len(faces) > TRIANGLES:
        vertices, faces, coordinates = _simplified(vertices, faces, coordinates)
    # Files count v upwards, the renderer downwards.
    coordinates = np.stack([coordinates[:, 0], 1 - coordinates[:, 1]], 1)
    return Mesh(
        vertices.astype(np.float32),
        faces,
        coordinates.astype(np.float32),
        np.ascontiguousarray(image[:, :, ::-1]),
    )


def _simplified(
    vertices: np.ndarray, faces: np.ndarray, coordinates: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return fewer triangles: every pass of the renderer costs by their number."""
    try:
        return decimated(vertices, faces, coordinates)
    except ImportError as error:
        raise AssetError(
            'Meshes of many triangles need the package meshoptimizer: pip install '
            '"efficientsam3_ros[sim]"'
        ) from error


def _check(vertices: np.ndarray, coordinates: np.ndarray, faces: np.ndarray) -> None:
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not len(faces):
        raise ValueError('v must be (V, 3) and f (F, 3)')
    if coordinates.shape != (len(vertices), 2) or faces.ndim != 2 or faces.shape[1] != 3:
        raise ValueError('uv must be (V, 2) and f (F, 3)')
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise ValueError('f names vertices that are not there')
    if not (np.isfinite(vertices).all() and np.isfinite(coordinates).all()):
        raise ValueError('v or uv holds no number')
