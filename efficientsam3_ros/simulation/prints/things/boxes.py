"""Boxes of printed card: cereal, crackers, tea, tissues, cards; cartons with a gable."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import fine_print, label, surfaces
from efficientsam3_ros.simulation.prints.artwork.design import Design, Product, invent
from efficientsam3_ros.simulation.prints.artwork.palette import WHITE, readable_on, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Panel, Sheet, outline
from efficientsam3_ros.simulation.prints.forms.boxes import BoxCells, roof, rounded_box
from efficientsam3_ros.simulation.prints.forms.patch import Cell, Patch, about_x
from efficientsam3_ros.simulation.prints.forms.revolution import Section, revolve, rounded
from efficientsam3_ros.simulation.prints.things import products
from efficientsam3_ros.simulation.prints.things.parts import LABEL_PIXELS, Part, meshes

Size = tuple[float, float, float]
CELLS = BoxCells(
    front=Cell(0, 0, 0.5, 0.6),
    back=Cell(0.5, 0, 1, 0.6),
    left=Cell(0, 0.6, 0.22, 1),
    right=Cell(0.22, 0.6, 0.44, 1),
    top=Cell(0.44, 0.6, 1, 0.82),
    bottom=Cell(0.44, 0.82, 1, 1),
)


def cereal_box(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a tall flat box."""
    size = (rng.uniform(0.13, 0.17), rng.uniform(0.045, 0.06), rng.uniform(0.19, 0.24))
    return _printed(color, rng, size, products.CEREAL)


def cracker_box(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a box of any proportions."""
    size = (rng.uniform(0.08, 0.17), rng.uniform(0.035, 0.07), rng.uniform(0.07, 0.16))
    return _printed(color, rng, size, products.CRACKERS)


def tea_box(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a low wide box."""
    size = (rng.uniform(0.11, 0.15), rng.uniform(0.06, 0.08), rng.uniform(0.06, 0.08))
    return _printed(color, rng, size, products.TEA)


def card_pack(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a pack of playing cards, lying."""
    size = (rng.uniform(0.06, 0.066), rng.uniform(0.086, 0.092), rng.uniform(0.016, 0.02))
    design = invent(color, products.PAPER, rng)
    sheet = _sides(design, size, rng)
    top = sheet.panel(CELLS.top, size[0] / size[1])
    top.fill(design.colors.main)
    _lattice(top, design)
    body = rounded_box(size, 0.0015, CELLS)
    return meshes([Part([body], surfaces.CARD)], sheet.finished())


def tissue_box(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a box of tissues with its opening on top."""
    size = (rng.uniform(0.17, 0.21), rng.uniform(0.1, 0.115), rng.uniform(0.055, 0.085))
    design = invent(color, products.PAPER, rng)
    sheet = _sides(design, size, rng)
    top = sheet.panel(CELLS.top, size[0] / size[1])
    label.ground(top, design)
    center = (top.aspect / 2, 0.5)
    top.ellipse(center, (0.37 * top.aspect, 0.2), toned(design.colors.main, 0.45))
    top.ellipse((center[0], 0.52), (0.34 * top.aspect, 0.16), WHITE)
    fold = outline(center, (0.22 * top.aspect, 0.1))[5:18]
    top.line(fold, 0.012, toned(WHITE, 0.8))
    body = rounded_box(size, 0.002, CELLS)
    return meshes([Part([body], surfaces.CARD)], sheet.finished())


def milk_carton(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a drink carton with a gable and a screw cap."""
    product = products.MILK if rng.random() < 0.5 else products.JUICE
    wide = rng.uniform(0.062, 0.075)
    size = (wide, wide * rng.uniform(0.9, 1.0), rng.uniform(0.12, 0.19))
    rise = 0.4 * wide
    gable = roof(size[0] - 0.002, size[1] - 0.002, rise, CELLS.top, CELLS.left, CELLS.bottom)
    fin = rounded_box((size[0] - 0.002, 0.0026, 0.018), 0.0008, BoxCells.all_of(CELLS.bottom), 1)
    card = [
        rounded_box(size, 0.002, CELLS),
        gable.moved(z=size[2] - 0.001),
        fin.moved(z=size[2] + rise - 0.006),
    ]
    design = invent(color, product, rng)
    sheet = _sides(design, size, rng)
    slope = sheet.panel(CELLS.top, 2.0)
    label.ground(slope, design)
    label.end(slope.part(0.0, 0.3, 1.0, 1.0), design)
    parts = [Part(card, surfaces.CARD)]
    if rng.random() < 0.7:
        cap = _cap(size, rise)
        parts.append(Part([cap], surfaces.PLASTIC))
        sheet.panel(_CAP, 1).fill(design.colors.second)
    return meshes(parts, sheet.finished())


_CAP = Cell(0.94, 0.95, 1, 1)


def _cap(size: Size, rise: float) -> Patch:
    line = rounded([(0.0, 0.013), (0.012, 0.013), (0.0125, 0.0), (0.0, -0.002)], 0.002, 2)
    (piece,) = revolve([Section(line, _CAP)], 16)
    tilt = float(np.degrees(np.arctan2(rise, size[1] / 2)))
    return piece.turned(about_x(tilt)).moved(y=-size[1] / 4, z=size[2] + rise / 2 - 0.001)


def _printed(
    color: str, rng: np.random.Generator, size: Size, product: Product
) -> tuple[Mesh, ...]:
    sheet = _sides(invent(color, product, rng), size, rng)
    body = rounded_box(size, 0.0015, CELLS)
    finish = surfaces.CARD if rng.random() < 0.7 else surfaces.PAPER
    return meshes([Part([body], finish)], sheet.finished())


def _sides(design: Design, size: Size, rng: np.random.Generator) -> Sheet:
    """Draw all six sides of a box."""
    sheet = Sheet(LABEL_PIXELS)
    wide, deep, high = size
    face = sheet.panel(CELLS.front, wide / high)
    label.ground(face, design)
    label.front(face, design, rng)
    behind = sheet.panel(CELLS.back, wide / high)
    if rng.random() < 0.5:
        behind.pixels[:] = face.pixels
    else:
        label.ground(behind, design)
        label.back(behind, design, rng)
    sides = [sheet.panel(cell, deep / high) for cell in (CELLS.left, CELLS.right)]
    for panel in sides:
        label.ground(panel, design)
    _narrow(sides[0], design, rng)
    label.end(sides[1], design, upright=deep / high > 0.6)
    for cell in (CELLS.top, CELLS.bottom):
        panel = sheet.panel(cell, wide / deep)
        panel.fill(design.colors.main)
    label.end(sheet.panel(CELLS.top, wide / deep), design)
    fine_print.bar_code(sheet.panel(CELLS.bottom, wide / deep).part(0.3, 0.2, 0.7, 0.8), rng)
    for cell in (CELLS.front, CELLS.back, CELLS.left, CELLS.right, CELLS.top):
        panel = sheet.panel(cell, 1)
        surfaces.worn(panel, rng)
        surfaces.rubbed(panel, rng)
        surfaces.darkened(panel, 0.0, 0.18)
    return sheet


def _narrow(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    ink = readable_on(design.colors.main)
    fine_print.contents_table(panel.part(0.12, 0.06, 0.88, 0.55), rng, ink)
    fine_print.text_block(panel.part(0.12, 0.6, 0.88, 0.75), rng, ink, 6)
    fine_print.bar_code(panel.part(0.12, 0.79, 0.88, 0.95), rng)


def _lattice(panel: Panel, design: Design) -> None:
    """The back of playing cards: a lattice in a frame."""
    wide, tone = panel.aspect, design.colors.accent
    for k in np.arange(-1.0, wide + 1, 0.09):
        panel.line(np.array([(k, 0), (k + 1, 1)]), 0.008, tone)
        panel.line(np.array([(k + 1, 0), (k, 1)]), 0.008, tone)
    panel.ellipse((wide / 2, 0.5), (0.2, 0.2), tone)
    panel.ellipse((wide / 2, 0.5), (0.17, 0.17), design.colors.main)
    label.end(panel.part(0.3, 0.4, 0.7, 0.6), design)
