"""Bottles: wine, soda, sauce, soap and spray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Finish, Mesh
from efficientsam3_ros.simulation.prints.artwork import fine_print, label, surfaces
from efficientsam3_ros.simulation.prints.artwork.design import Product, invent
from efficientsam3_ros.simulation.prints.artwork.palette import (
    CREAM,
    INK,
    WHITE,
    Palette,
    shade,
    toned,
)
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel, Sheet
from efficientsam3_ros.simulation.prints.forms.boxes import BoxCells, rounded_box
from efficientsam3_ros.simulation.prints.forms.patch import Patch
from efficientsam3_ros.simulation.prints.forms.revolution import (
    Point,
    Section,
    evenly,
    revolve,
    rounded,
)  # fmt: skip
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


@dataclass(frozen=True)
class Outline:
    """Measures of a bottle, metres.

    Attributes:
        radius: Of the body.
        height: Of all.
        body: Height at which the shoulder begins.
        neck: Radius of the neck.
        cap: Height of the cap.
        cap_radius: Its radius.
        shoulder: Points between body and neck, shares of (radius, height) between the two.
        flat: Depth by width of the body; 1 is round.
    """

    radius: float
    height: float
    body: float
    neck: float
    cap: float
    cap_radius: float
    shoulder: tuple[Point, ...] = ((0.9, 0.12), (0.45, 0.45), (0.1, 0.8))
    flat: float = 1.0


def wine_bottle(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a dark glass bottle with a paper label and a capsule."""
    radius = rng.uniform(0.034, 0.039)
    shape = Outline(radius, rng.uniform(0.27, 0.31), 0.17, 0.0135, 0.05, 0.0145,
                    ((0.93, 0.15), (0.6, 0.42), (0.2, 0.68)))  # fmt: skip
    return _labelled(color, rng, shape, products.WINE, surfaces.GLASS, paper=True)


def soda_bottle(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a bottle of colored drink with a band around."""
    shape = Outline(rng.uniform(0.029, 0.034), rng.uniform(0.2, 0.24), 0.13, 0.0125, 0.016, 0.0155)
    return _labelled(color, rng, shape, products.SODA, surfaces.GLASS)


def sauce_bottle(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a squeeze bottle with a large cap."""
    shape = Outline(rng.uniform(0.03, 0.036), rng.uniform(0.16, 0.2), 0.11, 0.017, 0.028, 0.019,
                    ((0.95, 0.25), (0.55, 0.7)), rng.uniform(0.65, 0.8))  # fmt: skip
    return _labelled(color, rng, shape, products.SAUCE, surfaces.PLASTIC)


def soap_bottle(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return an oval bottle of soap or shampoo."""
    shape = Outline(rng.uniform(0.03, 0.038), rng.uniform(0.17, 0.23), 0.14, 0.012, 0.025, 0.0135,
                    ((0.92, 0.3), (0.5, 0.75)), rng.uniform(0.55, 0.75))  # fmt: skip
    return _labelled(color, rng, shape, products.SOAP, surfaces.PLASTIC)


def spray_bottle(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a bottle with a trigger head."""
    shape = Outline(rng.uniform(0.034, 0.04), 0.185, 0.11, 0.013, 0.02, 0.0145,
                    ((0.9, 0.2), (0.45, 0.55), (0.15, 0.85)), 0.62)  # fmt: skip
    return _labelled(color, rng, shape, products.SOAP, surfaces.PLASTIC, trigger=True)


def _labelled(
    color: str,
    rng: np.random.Generator,
    shape: Outline,
    product: Product,
    finish: Finish,
    paper: bool = False,
    trigger: bool = False,
) -> tuple[Mesh, ...]:
    cap, *body = _blown(shape)
    design = invent(color, product, rng)
    sheet = Sheet(LABEL_PIXELS)
    tone = toned(design.colors.main, 0.72) if paper else design.colors.main
    wall = sheet.panel(WRAP, 2 * np.pi * shape.radius / shape.body)
    for panel in (wall, sheet.panel(TOP, 3)):
        _skin(panel, tone, finish, rng)
    surfaces.plain(sheet.panel(BOTTOM, 1), tone, rng)
    top, bottom = (0.3, 0.88) if paper else (0.16, 0.8)
    if paper:
        _paper_label(wall.part(0.3, top, 0.7, bottom), color, product, rng)
    else:
        label.wrap(wall.part(0, top, 1, bottom), design, rng)
    surfaces.worn(wall, rng, 0.6)
    surfaces.darkened(wall, 0.0, 0.3)
    closing = _cap_color(design.colors, paper, rng)
    surfaces.brushed(sheet.panel(RIM, 6), closing, rng, around=False)
    surfaces.plain(sheet.panel(SPARE, 1), closing, rng)
    head = _trigger(shape.height - 0.004) if trigger else []
    parts = [Part(body, finish), Part([cap, *head], surfaces.PLASTIC)]
    return meshes(parts, sheet.finished())


def _blown(shape: Outline) -> list[Patch]:
    """Return cap, neck with shoulder, wall and floor."""
    r, n, c = shape.radius, shape.neck, shape.cap_radius
    start = shape.height - shape.cap
    cap = rounded([(0.0, shape.height), (c, shape.height), (c, start), (n, start - 0.001)], 0.0025)
    rise = start - 0.001 - shape.body
    bend = [(n + x * (r - n), shape.body + y * rise) for x, y in reversed(shape.shoulder)]
    upper = [cap[-1], *rounded([(n, start - 0.004), *bend, (r, shape.body)], 0.02, 3)]
    wall = [*evenly(upper[-1], (r, 0.008), 5), (r - 0.002, 0.002), (r - 0.006, 0.0)]
    pieces = revolve(
        [
            Section(cap, RIM),
            Section(upper, TOP),
            Section(wall, WRAP),
            Section([wall[-1], (0.0, 0.002)], BOTTOM, flat=True),
        ],
        24,
    )
    if shape.flat == 1:
        return pieces
    heights = [0.0, shape.body, start - 0.002]
    return [p.scaled_by_height(heights, [1, 1, 1], [shape.flat, shape.flat, 1]) for p in pieces]


def _skin(panel: Panel, tone: Color, finish: Finish, rng: np.random.Generator) -> None:
    if finish is surfaces.GLASS:
        surfaces.glassy(panel, tone, rng)
    else:
        surfaces.plain(panel, tone, rng, 0.015)


def _paper_label(panel: Panel, color: str, product: Product, rng: np.random.Generator) -> None:
    """Draw a label on paper of another color than the glass."""
    design = invent(('white', 'white', 'black')[rng.integers(3)], product, rng)
    panel.fill(CREAM if rng.random() < 0.5 else WHITE)
    inner = panel.part(0.04, 0.03, 0.96, 0.97)
    if design.colors.main[0] < 100:
        panel.fill(design.colors.main)
    label.front(inner, design, rng)
    fine_print.text_block(panel.part(0.2, 0.9, 0.8, 0.97), rng, INK, 2)


def _cap_color(colors: Palette, paper: bool, rng: np.random.Generator) -> Color:
    if paper:
        return shade(('red', 'black', 'brown', 'green')[rng.integers(4)], rng)
    return (WHITE, INK, colors.second, colors.deep, colors.accent)[rng.integers(5)]


def _trigger(height: float) -> list[Patch]:
    cells = BoxCells.all_of(SPARE)
    head = rounded_box((0.066, 0.02, 0.022), 0.005, cells, 1).moved(x=-0.012, z=height)
    lever = rounded_box((0.006, 0.012, 0.036), 0.0025, cells, 1)
    nozzle = rounded_box((0.01, 0.012, 0.012), 0.003, cells, 1)
    return [head, lever.moved(x=-0.034, z=height - 0.03), nozzle.moved(x=-0.048, z=height + 0.005)]
