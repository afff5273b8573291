"""Colors of prints: shades of the color that a thing is called by, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.prints.artwork.panel import Color

SHADES: dict[str, tuple[Color, ...]] = {
    'red': ((196, 22, 32), (170, 24, 34), (212, 38, 36), (150, 20, 28)),
    'green': ((22, 112, 58), (54, 134, 52), (16, 88, 60), (92, 142, 46)),
    'blue': ((24, 62, 146), (10, 88, 164), (32, 52, 108), (44, 118, 186)),
    'yellow': ((242, 200, 40), (234, 184, 28), (246, 214, 84)),
    'orange': ((232, 112, 28), (226, 92, 30), (240, 138, 48)),
    'white': ((238, 236, 228), (230, 228, 222), (243, 243, 241)),
    'black': ((28, 28, 31), (38, 36, 37), (22, 23, 28)),
    'pink': ((232, 118, 158), (238, 150, 176), (222, 88, 136)),
    'purple': ((92, 44, 122), (112, 62, 142), (78, 34, 98)),
    'brown': ((96, 60, 34), (116, 74, 42), (80, 50, 32)),
    'silver': ((168, 171, 175), (182, 184, 187), (152, 155, 160)),
}
CREAM: Color = (243, 234, 208)
WHITE: Color = (246, 246, 243)
INK: Color = (34, 32, 36)
_GOLD: Color = (206, 166, 78)
_ACCENTS: tuple[Color, ...] = (
    *(WHITE, CREAM, WHITE, CREAM, _GOLD, INK, (24, 52, 104), (196, 30, 36), (24, 96, 54)),
    *((246, 208, 52), (236, 122, 38), (88, 40, 110), (120, 26, 44), (84, 190, 206)),
)
_READABLE = 75


@dataclass(frozen=True)
class Palette:
    """Colors of one design.

    Attributes:
        main: What the thing is called by; it covers most of it.
        deep: A darker main.
        pale: A lighter main.
        accent: Readable on main, for brand and bands.
        second: Another one readable on main.
        on_accent: Readable on accent.
    """

    main: Color
    deep: Color
    pale: Color
    accent: Color
    second: Color
    on_accent: Color


def palette(color: str, rng: np.random.Generator) -> Palette:
    """Choose the colors of a design whose main color is called ``color``."""
    main = shade(color, rng)
    fitting = [c for c in _ACCENTS if abs(luma(c) - luma(main)) > _READABLE]
    accent = fitting[rng.integers(len(fitting))]
    second = fitting[rng.integers(len(fitting))]
    inks = [c for c in (INK, WHITE, main, (120, 20, 34), (20, 48, 100)) if _reads(c, accent)]
    return Palette(
        main,
        toned(main, 0.74),
        toned(main, 1.2),
        accent,
        second,
        inks[rng.integers(len(inks))],
    )


def shade(color: str, rng: np.random.Generator) -> Color:
    """Return one of the shades of a color, slightly varied."""
    shades = SHADES[color]
    base = np.array(shades[rng.integers(len(shades))], float)
    varied = base * rng.uniform(0.94, 1.06) + rng.normal(0, 3, 3)
    return _color(varied)


def glaze(color: str, rng: np.random.Generator) -> Color:
    """Return a shade as ceramics have it, often less pure than print."""
    return mixed(shade(color, rng), (146, 140, 132), float(rng.choice([0.0, 0.1, 0.22])))


def toned(color: Color, factor: float) -> Color:
    """Darken (below 1) or lighten (above 1) a color."""
    base = np.array(color, float)
    if factor <= 1:
        return _color(base * factor)
    return _color(base + (255 - base) * min(1.0, factor - 1))


def mixed(one: Color, other: Color, share: float) -> Color:
    """Mix two colors, ``share`` of the other one."""
    return _color(np.array(one) * (1 - share) + np.array(other) * share)


def luma(color: Color) -> float:
    """Return how bright a color looks, 0 to 255."""
    return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]


def readable_on(color: Color) -> Color:
    """Return white or ink, whichever reads better on a color."""
    return WHITE if luma(color) < 140 else INK


def _reads(ink: Color, paper: Color) -> bool:
    return abs(luma(ink) - luma(paper)) > _READABLE


def _color(values: np.ndarray) -> Color:
    red, green, blue = (int(v) for v in np.clip(np.round(values), 0, 255))
    return red, green, blue
