"""The packs by their names."""

from __future__ import annotations

from efficientsam3_ros.simulation.packs.clean import CleanPack
from efficientsam3_ros.simulation.packs.pack import Pack
from efficientsam3_ros.simulation.packs.primitives import PrimitivesPack
from efficientsam3_ros.simulation.packs.rich import RichPack

PACKS = ('clean', 'primitives', 'rich')


def find_pack(name: str) -> Pack:
    """Return a pack by its name.

    Raises:
        ValueError: If there is none of this name.
    """
    packs: tuple[Pack, ...] = (CleanPack(), PrimitivesPack(), RichPack())
    for pack in packs:
        if pack.name == name:
            return pack
    raise ValueError(f'Pack must be one of {PACKS}, got {name!r}.')
