"""Pots and pans."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import surfaces
from efficientsam3_ros.simulation.prints.artwork.palette import INK, SHADES, shade, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel, Sheet
from efficientsam3_ros.simulation.prints.forms.patch import Patch
from efficientsam3_ros.simulation.prints.forms.revolution import Section, evenly, revolve, rounded
from efficientsam3_ros.simulation.prints.forms.tubes import arc, tube
from efficientsam3_ros.simulation.prints.things.parts import (
    BOTTOM,
    PLAIN_PIXELS,
    RIM,
    SPARE,
    TOP,
    WRAP,
    Part,
    meshes,
)  # fmt: skip

_STEEL = SHADES['silver'][0]


def pot(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a cooking pot with two handles, sometimes closed by a lid."""
    radius, height = rng.uniform(0.07, 0.09), rng.uniform(0.065, 0.1)
    pieces = _vessel(radius, height, 0.003)
    path = arc((0.0, 0.0), (0.02, 0.026), (-90, 90), 7)
    loop = _lying(tube(path, (0.004, 0.004), SPARE, 8))
    handles = [loop.moved(x=radius - 0.003, z=0.8 * height)]
    handles.append(loop.turned(np.diag([-1.0, -1.0, 1.0])).moved(x=0.003 - radius, z=0.8 * height))
    closed = rng.random() < 0.4
    lid = _lid(radius, height) if closed else []
    return _drawn(color, rng, pieces, handles, lid, 2 * np.pi * radius / height)


def pan(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a frying pan with a long handle."""
    radius, height = rng.uniform(0.085, 0.11), rng.uniform(0.03, 0.04)
    pieces = _vessel(radius, height, 0.003, 0.82)
    x = np.linspace(0.96 * radius, radius + rng.uniform(0.12, 0.15), 8)
    rise = 0.75 * height + 0.02 * np.sqrt((x - x[0]) / (x[-1] - x[0]))
    handle = tube(np.stack([x, 0 * x, rise], 1), (0.007, 0.011), SPARE)
    return _drawn(color, rng, pieces, [handle], [], 2 * np.pi * radius / height)


def _vessel(radius: float, height: float, wall: float, foot: float = 0.97) -> list[Patch]:
    base = foot * radius
    inner = rounded([(0.0, wall), (base - wall, wall), (radius - wall, height)], 0.012)
    lip = [inner[-1], (radius + 0.002, height + 0.001), (radius + 0.002, height - 0.002)]
    lip.append((radius, height - 0.003))
    outer = [
        lip[-1],
        *evenly((radius - 0.001, height - 0.008), (base, 0.008), 4),
        (base - 0.006, 0.0),
    ]
    return revolve(
        [
            Section(inner[:2], BOTTOM, flat=True),
            Section(inner[1:], TOP),
            Section(lip, RIM),
            Section(outer, WRAP),
            Section([outer[-1], (0.0, 0.0015)], RIM),
        ],
        32,
    )


def _lid(radius: float, height: float) -> list[Patch]:
    top = height + 0.018
    knob = [(0.0, top + 0.022), (0.013, top + 0.021), (0.015, top + 0.012), (0.007, top)]
    dome = [knob[-1], (0.5 * radius, top - 0.003), (0.85 * radius, height + 0.007)]
    dome += [(radius + 0.003, height + 0.002)]
    return revolve(
        [
            Section(rounded(knob, 0.005), SPARE),
            Section(dome, BOTTOM, flat=True),
            Section([dome[-1], (radius - 0.001, height - 0.001), (0.0, height)], RIM),
        ],
        32,
    )


def _lying(patch: Patch) -> Patch:
    """Turn a loop of the plane y = 0 into the plane of the table."""
    return patch.turned(np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]))


def _drawn(
    color: str,
    rng: np.random.Generator,
    pieces: list[Patch],
    handles: list[Patch],
    lid: list[Patch],
    aspect: float,
) -> tuple[Mesh, ...]:
    tone, steel = shade(color, rng), color == 'silver'
    sheet = Sheet(PLAIN_PIXELS)
    inside = tone if steel or lid else toned(tone, 0.85)
    if len(handles) > 1 and rng.random() < 0.5:
        # Of a deep pot the outside is seen more than the inside.
        inside = _STEEL
    _coat(sheet.panel(WRAP, aspect), tone, steel, rng)
    surfaces.worn(sheet.panel(WRAP, aspect), rng, 1.5)
    surfaces.darkened(sheet.panel(WRAP, aspect), 0.0, 0.3)
    wall = sheet.panel(TOP, aspect)
    _coat(wall, inside, inside == tone and steel, rng)
    wall.shade(np.linspace(0.6, 0.95, len(wall.pixels))[:, None])
    floor = sheet.panel(BOTTOM, 1)
    surfaces.rings(floor, tone if lid else toned(inside, 0.75), (0.5, 0.75, 0.97), rng)
    surfaces.brushed(sheet.panel(RIM, 10), _STEEL if steel else toned(tone, 0.8), rng)
    grip = sheet.panel(SPARE, 1)
    if rng.random() < 0.3:
        surfaces.wooden(grip, shade('brown', rng), rng, along_x=False)
    else:
        surfaces.plain(grip, INK if rng.random() < 0.6 else toned(tone, 0.9), rng)
    finish = surfaces.METAL if steel else surfaces.CERAMIC
    parts = [Part(pieces, finish), *(Part([handle], surfaces.PLASTIC) for handle in handles)]
    if lid:
        parts.append(Part(lid, finish))
    return meshes(parts, sheet.finished())


def _coat(panel: Panel, tone: Color, steel: bool, rng: np.random.Generator) -> None:
    if steel:
        surfaces.brushed(panel, tone, rng)
    else:
        surfaces.glazed(panel, tone, rng, speckled=rng.random() < 0.2)
