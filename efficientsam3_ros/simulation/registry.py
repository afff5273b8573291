"""The packs by their names."""

from __future__ import annotations

from pathlib import Path

from efficientsam3_ros.simulation.packs.clean import CleanPack
from efficientsam3_ros.simulation.packs.pack import Pack
from efficientsam3_ros.simulation.packs.primitives import PrimitivesPack
from efficientsam3_ros.simulation.packs.rich import RichPack
from efficientsam3_ros.simulation.packs.textured import TexturedPack
from efficientsam3_ros.simulation.prints.pack import PrintedPack

PACKS = ('clean', 'primitives', 'rich', 'textured', 'printed')
PHOTO_PACKS = ('textured', 'printed')
"""Those that are drawn like photographs."""


def find_pack(name: str, assets: Path | None = None) -> Pack:
    """Return a pack by its name.

    Args:
        name: One of ``PACKS``.
        assets: Folder of meshes, of which 'textured' is made.

    Raises:
        ValueError: If there is none of this name.
        AssetError: If the pack needs a folder that is missing or damaged.
    """
    if name == 'clean':
        return CleanPack()
    if name == 'primitives':
        return PrimitivesPack()
    if name == 'rich':
        return RichPack()
    if name == 'printed':
        return PrintedPack()
    if name == 'textured':
        return TexturedPack(assets)
    raise ValueError(f'Pack must be one of {PACKS}, got {name!r}.')
