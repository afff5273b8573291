"""Mugs, cups, bowls and plates: glazed ceramic with prints."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import decor, surfaces
from efficientsam3_ros.simulation.prints.artwork.palette import WHITE, glaze, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Sheet
from efficientsam3_ros.simulation.prints.forms.patch import Patch
from efficientsam3_ros.simulation.prints.forms.revolution import (
    Point,
    Section,
    evenly,
    revolve,
)  # fmt: skip
from efficientsam3_ros.simulation.prints.forms.tubes import arc, tube
from efficientsam3_ros.simulation.prints.things.parts import (
    BOTTOM,
    LABEL_PIXELS,
    RIM,
    SPARE,
    TOP,
    WRAP,
    Part,
    meshes,
)  # fmt: skip


def mug(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a mug with a handle."""
    radius, height = rng.uniform(0.036, 0.043), rng.uniform(0.08, 0.105)
    taper = float(rng.choice([1.0, 1.0, 0.85, 1.08]))
    outer = [(radius, height), (taper * radius, 0.006)]
    pieces = _hollow(outer, 0.0035, 0.007)
    high = 0.5 * height
    path = arc((0.97 * radius, high), (0.62 * radius, 0.33 * height), (-88, 88), 9)
    handle = tube(path, (0.0052, rng.uniform(0.006, 0.0085)), SPARE)
    return _glazed(color, rng, [*pieces, handle], 2 * np.pi * radius / height)


def cup(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a cup without a handle, wider above."""
    radius, height = rng.uniform(0.034, 0.042), rng.uniform(0.075, 0.11)
    foot = radius * rng.uniform(0.66, 0.85)
    pieces = _hollow([(radius, height), (foot, 0.004)], 0.0022, 0.005)
    return _glazed(color, rng, pieces, 2 * np.pi * radius / height)


def bowl(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a bowl with a foot ring."""
    radius, height = rng.uniform(0.06, 0.085), rng.uniform(0.045, 0.065)
    angle = np.radians(np.linspace(0, 72, 7))
    outer = [(float(radius * np.cos(a)), float(height - 0.92 * height * np.sin(a))) for a in angle]
    outer += [(0.42 * radius, 0.0)]
    pieces = _hollow(outer, 0.004, 0.01)
    return _glazed(color, rng, pieces, 4 * np.pi * radius / height / 2)


def plate(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a flat plate with a rim."""
    radius, height = rng.uniform(0.085, 0.12), rng.uniform(0.016, 0.024)
    inner = 0.66 * radius
    upper = [(0.0, 0.006), (0.5 * inner, 0.006), (inner, 0.007), (inner + 0.008, 0.012)]
    upper = [*upper, (radius - 0.002, height - 0.001), (radius, height)]
    lower = [upper[-1], (radius, height - 0.003), (inner + 0.008, 0.006), (0.6 * radius, 0.0)]
    under = [lower[-1], (0.55 * radius, 0.003), (0.0, 0.003)]
    pieces = revolve(
        [Section(upper, TOP, flat=True), Section(lower, RIM), Section(under, BOTTOM, flat=True)],
        36,
    )
    tone = glaze(color, rng)
    sheet = Sheet(LABEL_PIXELS)
    for cell in (RIM, BOTTOM):
        surfaces.glazed(sheet.panel(cell, 1), tone, rng)
    top = sheet.panel(TOP, 1)
    decor.disc(top, tone, rng)
    surfaces.worn(top, rng, 0.5)
    return meshes([Part(pieces, surfaces.CERAMIC)], sheet.finished())


def _hollow(outer: list[Point], wall: float, floor: float) -> list[Patch]:
    """Return floor, inner wall, outer wall and underside of an open vessel."""
    inside = [(max(r - wall, 0.3 * r), max(z, floor)) for r, z in outer]
    inside = [
        p for k, p in enumerate(inside) if k == 0 or p[1] > floor or inside[k - 1][1] > floor
    ]
    inner = [(0.0, floor), (0.85 * inside[-1][0], floor), *reversed(inside)]
    if len(outer) == 2:
        inner = [*inner[:2], *evenly((inner[2][0], inner[2][1] + 0.004), inner[-1], 4)]
    rim = 0.5 * (inside[0][0] + outer[0][0])
    lip = [inner[-1], (rim, outer[0][1] + 0.4 * wall), outer[0]]
    side = evenly(outer[0], outer[1], 5) if len(outer) == 2 else outer
    base = side[-1][0]
    foot = [side[-1], (base - 0.003, 0.0), (base - 0.008, 0.0), (0.0, 0.002)]
    split = 2 if len(outer) == 2 else 3
    return revolve(
        [
            Section(inner[:split], BOTTOM, flat=True),
            Section(inner[split - 1 :], TOP),
            Section(lip, RIM),
            Section(side, WRAP),
            Section(foot, SPARE),
        ]
    )


def _glazed(
    color: str, rng: np.random.Generator, pieces: list[Patch], aspect: float
) -> tuple[Mesh, ...]:
    tone = glaze(color, rng)
    sheet = Sheet(LABEL_PIXELS)
    inside: Color = WHITE if rng.random() < 0.35 else toned(tone, rng.uniform(0.95, 1.1))
    wall = sheet.panel(TOP, aspect)
    surfaces.plain(wall, inside, rng)
    # Less light reaches the inside, least of all its floor.
    wall.shade(np.linspace(0.55, 0.97, len(wall.pixels))[:, None])
    surfaces.plain(sheet.panel(BOTTOM, 1), toned(inside, 0.58), rng)
    outer = sheet.panel(WRAP, aspect)
    decor.around(outer, tone, rng)
    surfaces.worn(outer, rng, 0.4)
    surfaces.darkened(outer, 0.0, 0.22)
    rim = toned(tone, 0.7) if rng.random() < 0.3 else inside
    surfaces.plain(sheet.panel(RIM, 10), rim, rng)
    surfaces.plain(sheet.panel(SPARE, 2), toned(tone, 0.97), rng)
    finish = surfaces.CERAMIC if rng.random() < 0.75 else surfaces.PAPER
    return meshes([Part(pieces, finish)], sheet.finished())
