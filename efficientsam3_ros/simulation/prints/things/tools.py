"""Markers, pens and screwdrivers, lying."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import surfaces, words
from efficientsam3_ros.simulation.prints.artwork.lettering import Lettering, write
from efficientsam3_ros.simulation.prints.artwork.palette import (
    INK,
    SHADES,
    WHITE,
    readable_on,
    shade,
    toned,
)  # fmt: skip
from efficientsam3_ros.simulation.prints.artwork.panel import Panel, Sheet
from efficientsam3_ros.simulation.prints.forms.patch import about_y
from efficientsam3_ros.simulation.prints.forms.revolution import (
    Point,
    Section,
    evenly,
    revolve,
    rounded,
)  # fmt: skip
from efficientsam3_ros.simulation.prints.things.parts import (
    PLAIN_PIXELS,
    RIM,
    SPARE,
    WRAP,
    Part,
    meshes,
)  # fmt: skip


def marker(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a felt pen with a cap of its color."""
    radius, length = rng.uniform(0.007, 0.0105), rng.uniform(0.11, 0.14)
    split = 0.62 * length
    cap = rounded([(0.0, length), (0.75 * radius, length), (1.08 * radius, length - 0.012),
                   (1.08 * radius, split), (radius, split - 0.0005)], 0.002)  # fmt: skip
    body = [cap[-1], *evenly((radius, split - 0.004), (radius, 0.012), 4)]
    end = rounded([body[-1], (0.85 * radius, 0.0), (0.0, 0.0)], 0.002)
    return _lying(color, rng, cap, body, end, 2 * np.pi * radius / split)


def pen(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a ball pen with a point and a button."""
    radius, length = rng.uniform(0.0045, 0.006), rng.uniform(0.135, 0.15)
    knob = rounded([(0.0, length), (0.4 * radius, length), (0.45 * radius, length - 0.01),
                    (0.95 * radius, length - 0.011)], 0.001)  # fmt: skip
    body = [knob[-1], *evenly((radius, length - 0.014), (radius, 0.03), 5)]
    end = [body[-1], (0.8 * radius, 0.018), (0.3 * radius, 0.004), (0.0, 0.0)]
    return _lying(color, rng, knob, body, end, 2 * np.pi * radius / length)


def _lying(
    color: str,
    rng: np.random.Generator,
    cap: list[Point],
    body: list[Point],
    end: list[Point],
    aspect: float,
) -> tuple[Mesh, ...]:
    pieces = revolve([Section(cap, RIM), Section(body, WRAP), Section(end, SPARE)], 16)
    pieces = [piece.turned(about_y(90)) for piece in pieces]
    tone = shade(color, rng)
    sheet = Sheet(PLAIN_PIXELS)
    for cell in (RIM, SPARE):
        surfaces.plain(sheet.panel(cell, 1), toned(tone, 0.9), rng)
    wall = sheet.panel(WRAP, aspect)
    surfaces.plain(wall, tone, rng)
    ink = readable_on(tone)
    for middle in (0.25, 0.75):
        x = middle * aspect
        write(wall, words.brand(rng), (x - 0.1 * aspect, 0.2, x + 0.1 * aspect, 0.7), ink,
              Lettering(weight=0.04), upright=False)  # fmt: skip
    wall.rectangle(0, 0.86, aspect, 0.9, ink)
    return meshes([Part(pieces, surfaces.PLASTIC)], sheet.finished())


def screwdriver(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a screwdriver: fluted grip, steel shaft."""
    radius, grip, shaft = (
        rng.uniform(0.012, 0.016),
        rng.uniform(0.085, 0.11),
        rng.uniform(0.08, 0.12),
    )
    total, thin = grip + shaft, rng.uniform(0.0028, 0.004)
    handle = rounded([(0.0, total), (0.85 * radius, total), (radius, total - 0.02),
                      (0.95 * radius, shaft + 0.4 * grip), (0.65 * radius, shaft + 0.22 * grip),
                      (0.8 * radius, shaft + 0.08 * grip), (0.6 * radius, shaft),
                      (0.0, shaft)], 0.006)  # fmt: skip
    bar = [(0.0, shaft + 0.02), (thin, shaft + 0.02), *evenly((thin, shaft), (thin, 0.012), 4)]
    bar += [(1.3 * thin, 0.009), (0.6 * thin, 0.0), (0.0, 0.0)]
    pieces = revolve([Section(handle, WRAP), Section(bar, RIM)], 20)
    pieces = [piece.turned(about_y(90)) for piece in pieces]
    tone = shade(color, rng)
    sheet = Sheet(PLAIN_PIXELS)
    _flutes(sheet.panel(WRAP, 1), tone, rng)
    surfaces.brushed(sheet.panel(RIM, 1), SHADES['silver'][int(rng.integers(3))], rng)
    return meshes(
        [Part([pieces[0]], surfaces.PLASTIC), Part([pieces[1]], surfaces.METAL)], sheet.finished()
    )


def _flutes(panel: Panel, tone: tuple[int, int, int], rng: np.random.Generator) -> None:
    surfaces.plain(panel, tone, rng)
    x = np.linspace(0, 2 * np.pi, panel.pixels.shape[1], dtype=np.float32)
    panel.shade((1 - 0.3 * np.clip(np.cos(8 * x), 0, 1) ** 4)[None])
    other = INK if rng.random() < 0.6 else WHITE
    if rng.random() < 0.7:
        panel.rectangle(0, 0.08, 1, 0.14, other)
        panel.rectangle(0, 0.62, 1, 0.7, other)
