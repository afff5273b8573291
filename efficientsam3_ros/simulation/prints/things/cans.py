"""Cans and tins: a printed wall between two metal rims."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import label, surfaces
from efficientsam3_ros.simulation.prints.artwork.design import Product, invent
from efficientsam3_ros.simulation.prints.artwork.palette import SHADES, shade, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Panel, Sheet, outline
from efficientsam3_ros.simulation.prints.forms.revolution import Section, evenly, revolve
from efficientsam3_ros.simulation.prints.things import products
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

_STEEL = SHADES['silver'][1]


def soup_can(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a food can with a paper label."""
    radius, height = rng.uniform(0.032, 0.041), rng.uniform(0.085, 0.118)
    return _rimmed(color, rng, radius, height, products.SOUP)


def tin(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a flat tin whose lid is printed, too."""
    radius, height = rng.uniform(0.038, 0.048), rng.uniform(0.03, 0.042)
    return _rimmed(color, rng, radius, height, products.FISH, printed_lid=True)


def soda_can(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a beverage can, printed on its metal, with a neck."""
    radius, height = rng.uniform(0.029, 0.034), rng.uniform(0.11, 0.15)
    neck, shoulder = 0.8 * radius, height - 0.016
    lid = [(0.0, height - 0.006), (neck - 0.004, height - 0.006)]
    rim = [lid[-1], (neck - 0.003, height), (neck, height), (neck, height - 0.003)]
    slope = [rim[-1], (neck + 0.001, height - 0.006), (radius - 0.002, shoulder - 0.001)]
    wall = [slope[-1], *evenly((radius, shoulder - 0.006), (radius, 0.013), 5)]
    foot = [wall[-1], (radius - 0.003, 0.006), (0.76 * radius, 0.0), (0.66 * radius, 0.001)]
    floor = [foot[-1], (0.5 * radius, 0.007), (0.0, 0.009)]
    pieces = revolve(
        [
            Section(lid, TOP, flat=True),
            Section(rim, RIM),
            Section(slope, RIM),
            Section(wall, WRAP),
            Section(foot, RIM),
            Section(floor, BOTTOM, flat=True),
        ]
    )
    design = invent(color, products.SODA, rng)
    sheet = Sheet(LABEL_PIXELS)
    wrap = sheet.panel(WRAP, 2 * np.pi * radius / shoulder)
    label.wrap(wrap, design, rng)
    surfaces.worn(wrap, rng, 0.5)
    surfaces.darkened(wrap, 0.15, 0.2)
    _metal(sheet, rng)
    _mouth(sheet.panel(TOP, 1))
    metal = [pieces[i] for i in (0, 1, 2, 4, 5)]
    parts = [Part(metal, surfaces.METAL), Part([pieces[3]], surfaces.METAL)]
    return meshes(parts, sheet.finished())


def _rimmed(
    color: str,
    rng: np.random.Generator,
    radius: float,
    height: float,
    product: Product,
    printed_lid: bool = False,
) -> tuple[Mesh, ...]:
    inner, wall = radius - 0.0035, radius - 0.0012
    lid = [(0.0, height - 0.0035), (inner, height - 0.0035)]
    edge = [lid[-1], (inner + 0.0008, height), (radius, height), (radius, height - 0.003)]
    upper = [*edge, (wall, height - 0.0042)]
    middle = evenly(upper[-1], (wall, 0.0042), 3 if printed_lid else 5)
    lower = [middle[-1], (radius, 0.003), (radius, 0.0), (inner, 0.0), (inner - 0.001, 0.003)]
    pieces = revolve(
        [
            Section(lid, TOP, flat=True),
            Section(upper, RIM),
            Section(middle, WRAP),
            Section(lower, RIM),
            Section([lower[-1], (0.0, 0.003)], BOTTOM, flat=True),
        ]
    )
    design = invent(color, product, rng)
    sheet = Sheet(LABEL_PIXELS)
    _metal(sheet, rng)
    wrap = sheet.panel(WRAP, 2 * np.pi * wall / (height - 0.008))
    label.wrap(wrap, design, rng)
    surfaces.worn(wrap, rng)
    surfaces.darkened(wrap, 0.25, 0.3)
    top = sheet.panel(TOP, 1)
    if printed_lid:
        label.ground(top, design)
        label.front(top.part(0.16, 0.16, 0.84, 0.84), design, rng)
        surfaces.worn(top, rng)
    if rng.random() < 0.6:
        _ring_pull(top)
    parts = [
        Part([pieces[i] for i in (0, 1, 3, 4)], surfaces.METAL),
        Part([pieces[2]], surfaces.PAPER if rng.random() < 0.6 else surfaces.CARD),
    ]
    return meshes(parts, sheet.finished())


def _metal(sheet: Sheet, rng: np.random.Generator) -> None:
    for cell in (TOP, BOTTOM):
        surfaces.rings(sheet.panel(cell, 1), _STEEL, (0.72, 0.9), rng)
    surfaces.brushed(sheet.panel(RIM, 10), shade('silver', rng), rng)
    surfaces.plain(sheet.panel(SPARE, 1), _STEEL, rng)


def _ring_pull(top: Panel) -> None:
    dark, light = toned(_STEEL, 0.55), toned(_STEEL, 1.15)
    for center, radii in (((0.5, 0.36), (0.11, 0.13)), ((0.5, 0.55), (0.07, 0.11))):
        rim = outline(center, radii)
        closed = np.concatenate([rim, rim[:1]])
        top.line(closed + np.array([0.008, 0.012]), 0.035, dark)
        top.line(closed, 0.03, light)
    top.ellipse((0.5, 0.64), (0.025, 0.025), dark)


def _mouth(top: Panel) -> None:
    top.ellipse((0.5, 0.72), (0.17, 0.15), toned(_STEEL, 0.8))
    _ring_pull(top.part(0.12, 0.0, 0.88, 0.78))
