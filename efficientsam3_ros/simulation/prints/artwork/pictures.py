"""Pictures of what is inside: fruit, leaves, beans, grain, fish, drops, cups and plain shapes."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np

from efficientsam3_ros.simulation.prints.artwork.palette import mixed, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel, outline, turned

Point = tuple[float, float]
_LEAF: Color = (58, 122, 48)
_STALK: Color = (84, 66, 38)


class Picture(Enum):
    """What is shown."""

    TOMATO = (204, 40, 30)
    APPLE = (176, 44, 38)
    ORANGE = (238, 140, 30)
    LEMON = (244, 214, 60)
    BERRY = (74, 54, 122)
    CHERRY = (160, 20, 40)
    OLIVE = (104, 116, 40)
    PEA = (96, 156, 56)
    CORN = (240, 196, 60)
    LEAF = (60, 128, 54)
    COFFEE = (82, 50, 30)
    GRAIN = (214, 168, 84)
    FISH = (120, 146, 168)
    DROP = (60, 150, 214)
    CUP = (240, 236, 226)
    SUN = (246, 190, 48)
    FLAKE = (222, 166, 86)
    CHILI = (196, 30, 26)


def draw(
    panel: Panel, picture: Picture, center: Point, size: float, rng: np.random.Generator
) -> None:
    """Draw one picture.

    Args:
        panel: Where.
        picture: What.
        center: Its centre, in units.
        size: Half its larger side, in units.
        rng: Source of its pose and of small differences.
    """
    tone = toned(picture.value, rng.uniform(0.9, 1.08))
    _HOW[picture](panel, center, size, tone, rng)


def heap(panel: Panel, picture: Picture, size: float, rng: np.random.Generator) -> None:
    """Pile pictures up in the middle of a panel, the far ones first."""
    wide = panel.aspect
    for row, share in enumerate((0.4, 0.6, 0.78)):
        count = max(2, round((0.5 + 0.2 * row) * wide / (1.3 * size)))
        for x in np.linspace(-0.5, 0.5, count) * (count - 1) * 1.35 * size:
            shifted = float(x + wide / 2 + rng.normal(0, 0.1 * size))
            draw(panel, picture, (shifted, share + rng.normal(0, 0.03)), size, rng)


def blob(panel: Panel, center: Point, radii: Point, color: Color, degrees: float = 0.0) -> None:
    """Draw a round body lit from the upper left."""
    scale = panel.scale
    half = np.ceil(max(radii) * scale).astype(int) + 1
    middle = np.round(np.array(center) * scale).astype(int)
    y, x = np.mgrid[-half[1] : half[1] + 1, -half[0] : half[0] + 1].astype(np.float32)
    turn = np.radians(degrees)
    u, v = x / scale[0], y / scale[1]
    along = (u * np.cos(turn) + v * np.sin(turn)) / radii[0]
    across = (v * np.cos(turn) - u * np.sin(turn)) / radii[1]
    square = along**2 + across**2
    soft = max(radii) * scale[1]
    mask = np.clip((1 - np.sqrt(square)) * soft + 0.5, 0, 1)
    u, v = u / max(radii), v / max(radii)
    light = np.clip(0.62 - 0.42 * u - 0.52 * v, 0.3, 1.15) * np.clip(1.12 - 0.35 * square, 0.5, 1)
    shine = np.clip(1 - ((u + 0.35) ** 2 + (v + 0.42) ** 2) / 0.05, 0, 1)[..., None] * 150
    painted = np.clip(light[..., None] * np.array(color, np.float32) * 1.15 + shine, 0, 255)
    panel.paste(painted.astype(np.uint8), mask, *(int(v) for v in middle - half))


def leaf(panel: Panel, root: Point, length: float, degrees: float, color: Color) -> None:
    """Draw a leaf that starts at ``root``; 0 degrees points right, 90 down."""
    t = np.linspace(0, 1, 14)
    width = 0.24 * length * np.sin(np.pi * t**0.8)
    upper = np.stack([t * length, -width], 1)
    lower = np.stack([t * length, width], 1)[::-1]
    place = np.array(root)
    panel.polygon(turned(np.concatenate([upper, lower]), degrees) + place, color)
    panel.polygon(turned(upper, degrees) + place, toned(color, 1.18))
    vein = turned(np.array([[0, 0], [0.9 * length, 0]]), degrees) + place
    panel.line(vein, 0.03 * length, toned(color, 0.7))


def _fruit(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    blob(panel, c, (0.95 * r, 0.88 * r), tone, rng.uniform(-20, 20))
    top = (c[0] + rng.normal(0, 0.1 * r), c[1] - 0.72 * r)
    for degrees in rng.permutation([-150, -95, -35, 20, 160])[:3]:
        leaf(panel, top, 0.62 * r, float(degrees), _LEAF)
    stalk = np.array([top, (top[0] + 0.1 * r, top[1] - 0.3 * r)])
    panel.line(stalk, 0.08 * r, _STALK)


def _plain_round(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    blob(panel, c, (0.9 * r, 0.84 * r), tone, rng.uniform(-30, 30))


def _oval(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    blob(panel, c, (r, 0.7 * r), tone, rng.uniform(-50, 50))


def _slice(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    if rng.random() < 0.5:
        _fruit(panel, c, r, tone, rng)
        return
    panel.ellipse(c, (r, r), tone)
    panel.ellipse(c, (0.88 * r, 0.88 * r), toned(tone, 1.75))
    start = rng.uniform(0, 45)
    for k in range(8):
        wedge = np.array([(0.1, 0.0), (0.8, -0.27), (0.84, 0.0), (0.8, 0.27)]) * r
        panel.polygon(turned(wedge, start + 45 * k) + np.array(c), toned(tone, 1.1))


def _leaves(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    start = rng.uniform(-140, -60)
    for turn, long in ((-45, 1.3), (40, 1.25), (0, 1.7)):
        leaf(panel, (c[0], c[1] + 0.7 * r), long * r, start + turn, tone)


def _bean(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    degrees = rng.uniform(0, 180)
    blob(panel, c, (0.95 * r, 0.62 * r), tone, degrees)
    t = np.linspace(-0.85, 0.85, 9)
    seam = turned(np.stack([t, 0.1 * np.sin(3 * t)], 1) * r, degrees)
    panel.line(seam + np.array(c), 0.09 * r, toned(tone, 0.45))


def _grain(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    lean = rng.uniform(-25, 25)
    stalk = turned(np.array([(0, 1.1), (0, -0.9)]) * r, lean) + np.array(c)
    panel.line(stalk, 0.05 * r, toned(tone, 0.75))
    for k in range(6):
        for side in (-1, 1):
            at = turned(np.array([(0.17 * side, -0.8 + 0.24 * k)]) * r, lean)[0] + np.array(c)
            panel.ellipse(at, (0.1 * r, 0.2 * r), toned(tone, 0.85 + 0.06 * (k % 3)),
                          lean + 28 * side)  # fmt: skip


def _fish(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    tail = np.array([(0.6, 0), (1.05, -0.38), (0.92, 0), (1.05, 0.38)]) * r
    panel.polygon(tail + np.array(c), toned(tone, 0.7))
    blob(panel, c, (0.85 * r, 0.36 * r), tone)
    panel.ellipse((c[0] - 0.6 * r, c[1] - 0.06 * r), (0.06 * r, 0.06 * r), (20, 20, 24))
    gill = outline(c, (0.4 * r, 0.3 * r))[16:25] - np.array([0.0, 0.0])
    panel.line(gill, 0.03 * r, toned(tone, 0.6))


def _drop(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    peak = np.array([(-0.5, 0.1), (0, -1.0), (0.5, 0.1)]) * r + np.array(c)
    panel.polygon(peak, toned(tone, 0.85))
    blob(panel, (c[0], c[1] + 0.3 * r), (0.58 * r, 0.58 * r), tone)


def _cup(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    x, y = c
    panel.ellipse((x, y + 0.72 * r), (1.0 * r, 0.2 * r), toned(tone, 0.8))
    panel.line(outline((x + 0.62 * r, y + 0.1 * r), (0.28 * r, 0.25 * r)), 0.1 * r, tone)
    sides = np.array([(-0.65, -0.3), (0.65, -0.3), (0.4, 0.65), (-0.4, 0.65)]) * r
    panel.polygon(sides + np.array(c), tone)
    panel.ellipse((x, y - 0.3 * r), (0.65 * r, 0.18 * r), toned(tone, 0.85))
    panel.ellipse((x, y - 0.28 * r), (0.56 * r, 0.13 * r), (86, 50, 26))


def _sun(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    for k in range(12):
        ray = np.array([(0.6, -0.1), (1.0, 0), (0.6, 0.1)]) * r
        panel.polygon(turned(ray, 30 * k) + np.array(c), mixed(tone, (255, 255, 255), 0.2))
    panel.ellipse(c, (0.55 * r, 0.55 * r), tone)


def _flake(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    angle = np.linspace(0, 2 * np.pi, 11, endpoint=False)
    reach = r * rng.uniform(0.6, 1.0, 11)
    rim = np.stack([np.cos(angle), 0.75 * np.sin(angle)], 1) * reach[:, None]
    panel.polygon(rim + np.array(c) + 0.06 * r, toned(tone, 0.62))
    panel.polygon(rim + np.array(c), tone)
    panel.polygon(0.6 * rim + np.array(c) - 0.1 * r, toned(tone, 1.16))


def _chili(panel: Panel, c: Point, r: float, tone: Color, rng: np.random.Generator) -> None:
    t = np.linspace(0, 1, 9)
    lean = rng.uniform(-30, 30)
    spine = turned(np.stack([2 * t - 1, 0.5 * t**2], 1) * r, lean) + np.array(c)
    for point, share in zip(spine, t):
        thick = 0.24 * r * (1 - share) ** 0.6 + 0.02 * r
        blob(panel, (float(point[0]), float(point[1])), (1.3 * thick, thick), tone, lean)
    panel.line(np.array([spine[0], spine[0] - (0.3 * r, 0.1 * r)]), 0.1 * r, _LEAF)


_Way = Callable[[Panel, Point, float, Color, np.random.Generator], None]
_HOW: dict[Picture, _Way] = {
    Picture.TOMATO: _fruit,
    Picture.APPLE: _fruit,
    Picture.ORANGE: _slice,
    Picture.LEMON: _slice,
    Picture.BERRY: _plain_round,
    Picture.CHERRY: _plain_round,
    Picture.OLIVE: _oval,
    Picture.PEA: _plain_round,
    Picture.CORN: _oval,
    Picture.LEAF: _leaves,
    Picture.COFFEE: _bean,
    Picture.GRAIN: _grain,
    Picture.FISH: _fish,
    Picture.DROP: _drop,
    Picture.CUP: _cup,
    Picture.SUN: _sun,
    Picture.FLAKE: _flake,
    Picture.CHILI: _chili,
}
