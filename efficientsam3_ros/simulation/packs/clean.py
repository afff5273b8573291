"""The pack of plain shapes in free colors: YCB, robosuite and primitives.

It reads two small npz files and some jpg textures of ``simulation/assets``.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import FOLDER, AssetError, Mesh
from efficientsam3_ros.simulation.packs.pack import Form, Look
from efficientsam3_ros.simulation.packs.primitives import PRIMITIVES
from efficientsam3_ros.simulation.packs.surfaces import texture_names
from efficientsam3_ros.simulation.vocabulary import CLEAN_NOUNS, SPLITS, Noun


class CleanPack:
    """What shipped weights and committed pictures are made of; see ``Pack``."""

    name = 'clean'
    look: Look = 'plain'
    splits = SPLITS
    notes: tuple[str, ...] = ()

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every committed texture."""
        return texture_names()

    def nouns(self) -> tuple[Noun, ...]:
        """Return the kinds of object."""
        return CLEAN_NOUNS

    def form(self, noun: Noun, color: str, rng: np.random.Generator) -> Form:
        """Return the shape of a noun; the scene gives it its color.

        Raises:
            AssetError: If the file of the pack, or the shape in it, is missing.
        """
        if noun.shape in PRIMITIVES:
            return PRIMITIVES[noun.shape]
        for file in ('ycb.npz', 'robosuite.npz'):
            if noun.shape in _shapes(file):
                return (_shapes(file)[noun.shape],)
        raise AssetError(
            f'No shape {noun.shape!r} in the asset pack; write it with make_assets.py.'
        )


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
