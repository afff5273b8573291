"""Jars: glass with colored contents, a label and a metal lid."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.prints.artwork import label, surfaces
from efficientsam3_ros.simulation.prints.artwork.design import invent
from efficientsam3_ros.simulation.prints.artwork.palette import WHITE, shade, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel, Sheet
from efficientsam3_ros.simulation.prints.forms.revolution import Section, evenly, revolve, rounded
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


def jar(color: str, rng: np.random.Generator) -> tuple[Mesh, ...]:
    """Return a jar of jam, honey or pickles."""
    radius, height = rng.uniform(0.03, 0.042), rng.uniform(0.08, 0.125)
    lid, shoulder = 0.013, height - 0.022
    mouth = 0.86 * radius
    cap = rounded([(0.0, height), (mouth, height), (mouth, height - lid)], 0.002)
    bend = rounded([(0.95 * mouth, height - lid), (0.95 * mouth, height - lid - 0.003),
                    (radius, shoulder - 0.004), (radius, shoulder - 0.01)], 0.01)  # fmt: skip
    wall = [*evenly(bend[-1], (radius, 0.01), 5), (radius - 0.003, 0.002), (radius - 0.008, 0.0)]
    pieces = revolve(
        [
            Section(cap[:2], TOP, flat=True),
            Section(cap[1:], RIM),
            Section([cap[-1], *bend], SPARE),
            Section(wall, WRAP),
            Section([wall[-1], (0.0, 0.003)], BOTTOM, flat=True),
        ]
    )
    sheet = Sheet(LABEL_PIXELS)
    design = invent(color, products.JAM, rng)
    tone = design.colors.main
    wrap = sheet.panel(WRAP, 2 * np.pi * radius / shoulder)
    for panel in (wrap, sheet.panel(SPARE, 6), sheet.panel(BOTTOM, 1)):
        _contents(panel, tone, rng)
    if rng.random() < 0.8:
        paper = wrap.part(0.27, 0.22, 0.73, 0.8)
        label.ground(paper, design)
        label.front(paper, design, rng)
        surfaces.rubbed(paper, rng)
    surfaces.darkened(wrap, 0.0, 0.25)
    _lid(sheet, rng)
    return meshes(
        [Part(pieces[:2], surfaces.METAL), Part(pieces[2:], surfaces.GLASS)], sheet.finished()
    )


def _contents(panel: Panel, tone: Color, rng: np.random.Generator) -> None:
    """Glass with lumps behind it."""
    surfaces.glassy(panel, tone, rng)
    for _ in range(int(rng.integers(0, 40))):
        at = (rng.uniform(0, panel.aspect), rng.uniform(0.1, 1))
        size = rng.uniform(0.02, 0.05)
        panel.ellipse(at, (size, 0.8 * size), toned(tone, rng.uniform(0.7, 1.1)))
    panel.shade(1 + 0.05 * surfaces.noise(panel.pixels.shape[:2], (9, 15), rng))


def _lid(sheet: Sheet, rng: np.random.Generator) -> None:
    tone = shade(('silver', 'white', 'yellow', 'red', 'black', 'green')[rng.integers(6)], rng)
    top, side = sheet.panel(TOP, 1), sheet.panel(RIM, 12)
    surfaces.rings(top, tone, (0.8, 0.93), rng)
    surfaces.brushed(side, tone, rng)
    if rng.random() < 0.3:
        for panel, cells in ((top, 12), (side, 40)):
            height, width = panel.pixels.shape[:2]
            rows = (np.arange(height) * (cells if panel is top else 4) // height) % 2
            columns = (np.arange(width) * cells // width) % 2
            weave = 90 * (rows[:, None] + columns[None])
            panel.tint(weave.astype(np.uint8), 0, 0, WHITE)
