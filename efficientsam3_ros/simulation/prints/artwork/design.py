"""What the faces of one package have in common: colors, names, ornaments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

import numpy as np

from efficientsam3_ros.simulation.prints.artwork import words
from efficientsam3_ros.simulation.prints.artwork.lettering import Lettering
from efficientsam3_ros.simulation.prints.artwork.palette import Palette, palette, toned
from efficientsam3_ros.simulation.prints.artwork.pictures import Picture

T = TypeVar('T')


class Ground(Enum):
    """What lies behind everything."""

    PLAIN = auto()
    FADE = auto()
    STRIPES = auto()
    RAYS = auto()
    DOTS = auto()
    WAVE = auto()
    BANDS = auto()
    SLASH = auto()


class Brand(Enum):
    """What the name stands on."""

    BARE = auto()
    OVAL = auto()
    BLOCK = auto()
    RIBBON = auto()
    ARCH = auto()
    SHIELD = auto()


class Show(Enum):
    """How the picture is used."""

    SINGLE = auto()
    PAIR = auto()
    HEAP = auto()
    MEDALLION = auto()


class Product:
    """What may be in a package.

    Args:
        items: What it is called on the label, and what is shown.
    """

    def __init__(self, *items: tuple[str, Picture]) -> None:
        self.items = items


@dataclass(frozen=True)
class Design:
    """Everything that one package's faces share."""

    colors: Palette
    brand: str
    name: str
    praise: str
    amount: str
    picture: Picture
    ground: Ground
    stand: Brand
    show: Show
    brand_style: Lettering
    name_style: Lettering
    sealed: bool
    brand_first: bool


def invent(color: str, product: Product, rng: np.random.Generator) -> Design:
    """Draw a design whose main color is called ``color``."""
    colors = palette(color, rng)
    name, picture = product.items[rng.integers(len(product.items))]
    stand = _one(list(Brand), rng)
    outlined = stand in (Brand.BARE, Brand.ARCH) and rng.random() < 0.5
    return Design(
        colors=colors,
        brand=words.brand(rng),
        name=name,
        praise=words.praise(rng),
        amount=words.amount(rng),
        picture=picture,
        ground=_one(list(Ground), rng),
        stand=stand,
        show=_one(list(Show), rng),
        brand_style=Lettering(
            weight=float(rng.uniform(0.02, 0.09)),
            slant=float(rng.choice([0.0, 0.0, 0.2, 0.3])),
            arch=0.35 if stand is Brand.ARCH else float(rng.choice([0.0, 0.0, 0.0, -0.25])),
            outline=toned(colors.deep, 0.6) if outlined else None,
            shadow=toned(colors.deep, 0.5) if rng.random() < 0.3 else None,
        ),
        name_style=Lettering(
            weight=float(rng.uniform(0, 0.06)), slant=float(rng.choice([0, 0.2]))
        ),
        sealed=bool(rng.random() < 0.35),
        brand_first=bool(rng.random() < 0.8),
    )


def _one(options: Sequence[T], rng: np.random.Generator) -> T:
    return options[int(rng.integers(len(options)))]
