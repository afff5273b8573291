"""Books, tubes, sponges and balls."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import label, pictures, surfaces
from efficientsam3_ros.simulation.prints.artwork.design import invent
from efficientsam3_ros.simulation.prints.artwork.lettering import write
from efficientsam3_ros.simulation.prints.artwork.palette import (
    CREAM,
    WHITE,
    readable_on,
    shade,
    toned,
)  # fmt: skip
from efficientsam3_ros.simulation.prints.artwork.panel import Panel, Sheet
from efficientsam3_ros.simulation.prints.forms.boxes import BoxCells, rounded_box
from efficientsam3_ros.simulation.prints.forms.patch import Cell, about_y
from efficientsam3_ros.simulation.prints.forms.revolution import Section, evenly, revolve, rounded
from efficientsam3_ros.simulation.prints.things import products
from efficientsam3_ros.simulation.prints.things.boxes import CELLS
from efficientsam3_ros.simulation.prints.things.parts import (
    LABEL_PIXELS,
    PLAIN_PIXELS,
    RIM,
    WRAP,
    Part,
    meshes,
)  # fmt: skip


def book(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a lying book: two boards, a spine, pages between."""
    wide, high, thick = rng.uniform(0.1, 0.15), rng.uniform(0.15, 0.21), rng.uniform(0.014, 0.035)
    board = rng.uniform(0.0015, 0.003)
    cells = BoxCells(CELLS.left, CELLS.left, CELLS.left, CELLS.left, CELLS.front, CELLS.back)
    over = 0.0025 if board > 0.002 else 0.0006
    cover = rounded_box((wide, high, board), 0.0006, cells, 2)
    spine = rounded_box((board, high, thick), 0.0006, BoxCells.all_of(CELLS.right), 1)
    pages = rounded_box((wide - over - board, high - 2 * over, thick - 2 * board), 0.0003,
                        BoxCells.all_of(CELLS.top), 1)  # fmt: skip
    design = invent(color, products.BOOK, rng)
    sheet = Sheet(LABEL_PIXELS)
    _cover(sheet, wide / high, thick / high, design, rng)
    boards = [cover, cover.moved(z=thick - board), spine.moved(x=(board - wide) / 2)]
    parts = [
        Part(boards, surfaces.CARD),
        Part([pages.moved(x=(board - over) / 2, z=board)], surfaces.PAPER),
    ]
    return meshes(parts, sheet.finished())


def _cover(
    sheet: Sheet, aspect: float, spine: float, design: label.Design, rng: np.random.Generator
) -> None:
    colors = design.colors
    for cell, ratio in ((CELLS.front, aspect), (CELLS.back, aspect), (CELLS.left, 1.0),
                        (CELLS.right, spine)):  # fmt: skip
        surfaces.plain(sheet.panel(cell, ratio), colors.main, rng)
    face = sheet.panel(CELLS.front, aspect)
    if rng.random() < 0.5:
        label.ground(face, design)
    ink = colors.accent
    middle = face.aspect
    first, _, rest = design.name.rpartition(' ')
    for text, top in ((first, 0.08), (rest, 0.2)):
        write(face, text, (0.1 * middle, top, 0.9 * middle, top + 0.1), ink, design.name_style)
    write(face, design.brand, (0.25 * middle, 0.88, 0.75 * middle, 0.93), readable_on(colors.main))
    if rng.random() < 0.75:
        place, size = (0.5 * middle, 0.58), 0.36 * middle
        pictures.draw(face, design.picture, place, size, rng)
    label.back(sheet.panel(CELLS.back, aspect), design, rng)
    back = sheet.panel(CELLS.right, spine)
    write(back, design.name, (0.15 * spine, 0.1, 0.85 * spine, 0.75), ink, upright=False)
    for cell in (CELLS.front, CELLS.back, CELLS.right):
        surfaces.worn(sheet.panel(cell, 1), rng, 1.5)
        surfaces.rubbed(sheet.panel(cell, 1), rng)
    leaves = sheet.panel(CELLS.top, 4)
    leaves.fill(CREAM)
    lines = 1 + 0.09 * surfaces.noise(leaves.pixels.shape[:2], (90, 3), rng)
    leaves.shade(lines)


def care_tube(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a lying tube that is flat at one end."""
    radius, length = rng.uniform(0.016, 0.021), rng.uniform(0.12, 0.16)
    cap = rounded([(0.0, 0.0), (0.011, 0.0), (0.013, 0.022), (0.009, 0.023)], 0.002)
    start = cap[-1][1]
    body = [
        cap[-1],
        (radius - 0.002, start + 0.004),
        *evenly((radius, start + 0.008), (radius, length), 7),
    ]
    seam = [body[-1], (radius, length + 0.006), (0.0, length + 0.0061)]
    lines = [[(r, -z) for r, z in line] for line in (cap, body, seam)]
    pieces = revolve([Section(line, cell) for line, cell in zip(lines, (RIM, WRAP, RIM))], 24)
    heights = [-length - 0.01, -length, -start - 0.01, 0.0]
    pieces = [p.scaled_by_height(heights, [1.4, 1.4, 1, 1], [0.1, 0.1, 1, 1]) for p in pieces]
    pieces = [p.turned(about_y(90)) for p in pieces]
    design = invent(color, products.CARE, rng)
    sheet = Sheet(LABEL_PIXELS)
    _tube_print(sheet.panel(WRAP, 2 * np.pi * radius / length), design, rng)
    surfaces.plain(sheet.panel(RIM, 4), WHITE if rng.random() < 0.6 else design.colors.second, rng)
    finish = surfaces.PLASTIC
    return meshes([Part(pieces[1:], finish), Part([pieces[0]], finish)], sheet.finished())


def _tube_print(panel: Panel, design: label.Design, rng: np.random.Generator) -> None:
    """Draw along the tube: once on either side."""
    label.ground(panel, design)
    height, width = panel.pixels.shape[:2]
    side = np.empty((width // 3, height, 3), np.uint8)
    front = Panel(side, 3 / panel.aspect)
    label.ground(front, design)
    label.front(front, design, rng)
    turned = np.rot90(side)
    for middle in (0.0, 0.5):
        left = round((middle + 0.25) * width) - turned.shape[1] // 2
        panel.pixels[:, left : left + turned.shape[1]] = turned
    surfaces.worn(panel, rng, 0.6)


def sponge(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a sponge with pores and a scouring side."""
    size = (rng.uniform(0.09, 0.115), rng.uniform(0.06, 0.072), rng.uniform(0.024, 0.032))
    cells = BoxCells(WRAP, WRAP, WRAP, WRAP, WRAP, WRAP)
    body = rounded_box(size, 0.004, cells)
    pad = rounded_box((size[0], size[1], 0.007), 0.002, BoxCells.all_of(RIM), 2)
    tone = shade(color, rng)
    sheet = Sheet(PLAIN_PIXELS)
    panel = sheet.panel(WRAP, size[0] / size[1])
    surfaces.plain(panel, tone, rng, 0.05)
    for _ in range(260):
        at = (rng.uniform(0, panel.aspect), rng.uniform(0, 1))
        long, short = rng.uniform(0.004, 0.02), rng.uniform(0.004, 0.012)
        panel.ellipse(at, (long, short), toned(tone, rng.uniform(0.5, 0.8)), rng.uniform(0, 180))
    scour = shade('green' if rng.random() < 0.7 else 'black', rng)
    surfaces.plain(sheet.panel(RIM, 2), toned(scour, 0.7), rng, 0.15)
    parts = [Part([body.moved(z=0.006)], surfaces.FOAM), Part([pad], surfaces.FOAM)]
    return meshes(parts, sheet.finished())


def ball(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a ball with stripes, stars or seams."""
    radius = rng.uniform(0.028, 0.045)
    angle = np.radians(np.linspace(90, -90, 17))
    line = [(max(float(radius * np.cos(a)), 0.0), float(radius * np.sin(a))) for a in angle]
    line[0], line[-1] = (0.0, radius), (0.0, -radius)
    pieces = revolve([Section(line, Cell(0, 0, 1, 1))], 28)
    tone = shade(color, rng)
    other = readable_on(tone) if rng.random() < 0.5 else shade('white', rng)
    sheet = Sheet(PLAIN_PIXELS)
    panel = sheet.panel(Cell(0, 0, 1, 1), 2.0)
    surfaces.plain(panel, tone, rng, 0.03)
    kind = rng.integers(4)
    if kind == 0:
        panel.rectangle(0, 0.44, 2, 0.56, other)
    elif kind == 1:
        for k in range(3):
            panel.rectangle(2 * k / 3, 0, 2 * k / 3 + 0.18, 1, other)
    elif kind == 2:
        for k in range(6):
            panel.ellipse((k / 3 + 0.1, 0.35 + 0.3 * (k % 2)), (0.07, 0.07), other)
    else:
        x = np.linspace(0, 2, 80)
        panel.line(np.stack([x, 0.5 + 0.22 * np.sin(2 * np.pi * x)], 1), 0.022, other)
    surfaces.worn(panel, rng, 2)
    finish = surfaces.PLASTIC if rng.random() < 0.6 else surfaces.FOAM
    return meshes([Part(pieces, finish)], sheet.finished())
