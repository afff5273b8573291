"""Decoration of ceramics: stripes, dots, pictures, names, glazes; rings and leaves on plates."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

import numpy as np

from efficientsam3_ros.simulation.prints.artwork import pictures, surfaces, words
from efficientsam3_ros.simulation.prints.artwork.lettering import Lettering, write
from efficientsam3_ros.simulation.prints.artwork.palette import (
    INK,
    WHITE,
    luma,
    mixed,
    readable_on,
    shade,
    toned,
)  # fmt: skip
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel
from efficientsam3_ros.simulation.prints.artwork.pictures import Picture

_TONES = 'red', 'blue', 'green', 'yellow', 'orange', 'brown', 'white', 'black'


class Decor(Enum):
    """What is on the outside of a vessel."""

    NONE = auto()
    SPECKLE = auto()
    STRIPES = auto()
    DOTS = auto()
    NAME = auto()
    PICTURE = auto()
    LOGO = auto()
    LEAVES = auto()
    DIPPED = auto()
    ZIGZAG = auto()


def around(panel: Panel, tone: Color, rng: np.random.Generator) -> None:
    """Glaze and decorate the outer wall of a vessel in one main color."""
    kind = list(Decor)[rng.integers(len(Decor))]
    surfaces.glazed(panel, tone, rng, speckled=kind is Decor.SPECKLE)
    how = _AROUND.get(kind)
    if how is not None:
        how(panel, tone, _other(tone, rng), rng)


def _stripes(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    thick, step = rng.uniform(0.012, 0.04), rng.uniform(0.07, 0.12)
    third = toned(tone, 0.6)
    for k in range(int(rng.integers(2, 6))):
        top = 0.12 + step * k
        panel.rectangle(0, top, panel.aspect, top + thick, other if k % 2 == 0 else third)


def _dots(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    columns, size = max(4, round(4 * panel.aspect)), rng.uniform(0.025, 0.05)
    for row in range(4):
        for column in range(columns):
            x = (column + 0.25 + 0.5 * (row % 2)) * panel.aspect / columns
            panel.ellipse((x, 0.16 + 0.22 * row), (size, size), other)


def _name(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    style = Lettering(weight=0.04, slant=float(rng.choice([0.0, 0.25])))
    name, half = words.brand(rng), min(0.4, 0.2 * panel.aspect)
    for x in (0.25 * panel.aspect, 0.75 * panel.aspect):
        write(panel, name, (x - half, 0.32, x + half, 0.58), other, style)
        panel.rectangle(x - half, 0.64, x + half, 0.66, other)


def _picture(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    motif = list(Picture)[rng.integers(len(Picture))]
    for middle in (0.25, 0.75):
        pictures.draw(panel, motif, (middle * panel.aspect, 0.5), 0.24, rng)


def _logo(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    motif, name = list(Picture)[rng.integers(len(Picture))], words.brand(rng)
    for x in (0.25 * panel.aspect, 0.75 * panel.aspect):
        panel.ellipse((x, 0.45), (0.27, 0.27), other)
        panel.ellipse((x, 0.45), (0.235, 0.235), toned(tone, 1.25))
        pictures.draw(panel, motif, (x, 0.45), 0.17, rng)
        write(panel, name, (x - 0.3, 0.77, x + 0.3, 0.87), other, Lettering(weight=0.04))


def _leaves(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    for k in range(int(7 * panel.aspect)):
        at = (k / 7 + rng.normal(0, 0.02), rng.uniform(0.15, 0.8))
        if rng.random() < 0.7:
            pictures.leaf(panel, at, rng.uniform(0.1, 0.2), rng.uniform(0, 360), other)
        else:
            panel.ellipse(at, (0.025, 0.025), toned(tone, 0.55))


def _zigzag(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    x = np.linspace(0, panel.aspect, 33)
    y = 0.3 + 0.09 * (np.arange(33) % 2)
    for k in range(2):
        panel.line(np.stack([x, y + 0.16 * k], 1), 0.025, other)


def _dipped(panel: Panel, tone: Color, other: Color, rng: np.random.Generator) -> None:
    lower = toned(tone, 0.62) if luma(tone) > 60 else mixed(tone, WHITE, 0.25)
    x = np.linspace(0, panel.aspect, 50)
    wave = 0.62 + 0.03 * np.sin(2 * np.pi * x / panel.aspect * 3 + rng.uniform(0, 6))
    wave[-1] = wave[0]
    edge = np.stack([x, wave], 1)
    panel.polygon(np.concatenate([edge, [[panel.aspect, 1.1], [0, 1.1]]]), lower)


_AROUND: dict[Decor, Callable[[Panel, Color, Color, np.random.Generator], None]] = {
    Decor.STRIPES: _stripes,
    Decor.DOTS: _dots,
    Decor.NAME: _name,
    Decor.PICTURE: _picture,
    Decor.LOGO: _logo,
    Decor.LEAVES: _leaves,
    Decor.DIPPED: _dipped,
    Decor.ZIGZAG: _zigzag,
}


def disc(panel: Panel, tone: Color, rng: np.random.Generator) -> None:
    """Glaze and decorate a plate as seen from above."""
    surfaces.glazed(panel, tone, rng, speckled=rng.random() < 0.25)
    _shaded_well(panel)
    other, kind, middle = _other(tone, rng), rng.integers(5), (0.5, 0.5)
    if kind == 1:
        for radius, width in ((0.485, 0.012), (0.45, 0.005), (0.34, 0.005)):
            _ring(panel, radius, width, other)
    elif kind == 2:
        count = int(rng.integers(10, 22))
        for k in range(count):
            angle = 2 * np.pi * k / count
            at = (0.5 + 0.41 * np.cos(angle), 0.5 + 0.41 * np.sin(angle))
            pictures.leaf(panel, at, 0.09, float(np.degrees(angle)) + 70, other)
    elif kind == 3:
        count = int(rng.integers(16, 30))
        for k in range(count):
            angle = 2 * np.pi * k / count
            at = (0.5 + 0.43 * np.cos(angle), 0.5 + 0.43 * np.sin(angle))
            panel.ellipse(at, (0.018, 0.018), other)
    elif kind == 4:
        motif = list(Picture)[rng.integers(len(Picture))]
        pictures.draw(panel, motif, middle, 0.15, rng)
        _ring(panel, 0.48, 0.01, other)


def _shaded_well(panel: Panel) -> None:
    """The step between rim and floor has a light and a dark side."""
    height, width = panel.pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : complex(height), -1 : 1 : complex(width)].astype(np.float32)
    radius = np.hypot(x, y)
    panel.shade(1 - 0.13 * np.exp(-(((radius - 0.7) / 0.04) ** 2)))


def _ring(panel: Panel, radius: float, width: float, color: Color) -> None:
    angle = np.linspace(0, 2 * np.pi, 60)
    rim = np.stack([np.cos(angle), np.sin(angle)], 1) * radius + 0.5
    panel.line(rim, width, color)


def _other(tone: Color, rng: np.random.Generator) -> Color:
    for _ in range(4):
        other = shade(_TONES[rng.integers(len(_TONES))], rng)
        if abs(luma(other) - luma(tone)) > 60:
            return other
    return readable_on(tone) if rng.random() < 0.8 else (WHITE if luma(tone) < 128 else INK)
