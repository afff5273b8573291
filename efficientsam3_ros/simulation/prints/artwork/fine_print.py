"""The small things of a package: bar code, table of contents, lines of text, seals."""

from __future__ import annotations

import numpy as np

from efficientsam3_ros.simulation.prints.artwork.lettering import Lettering, write
from efficientsam3_ros.simulation.prints.artwork.palette import INK, WHITE
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel

_BOLD = Lettering(weight=0.03)


def bar_code(panel: Panel, rng: np.random.Generator) -> None:
    """Fill a panel with a bar code on white."""
    panel.fill(WHITE)
    height, width = panel.pixels.shape[:2]
    widths = rng.integers(1, 4, 60)
    dark = np.repeat(np.arange(60) % 2 == 0, widths)
    columns = np.linspace(0, len(dark) - 1, max(1, round(0.84 * width))).astype(int)
    left = round(0.08 * width)
    bars = panel.pixels[round(0.1 * height) : round(0.78 * height), left : left + len(columns)]
    bars[:, dark[columns]] = INK
    digits = ''.join(str(d) for d in rng.integers(0, 10, 13))
    write(panel, digits, (0.1 * panel.aspect, 0.8, 0.9 * panel.aspect, 0.97), INK)


def contents_table(panel: Panel, rng: np.random.Generator, color: Color) -> None:
    """Draw a table with two columns of figures on the panel's own ground."""
    wide, rule = panel.aspect, 0.012
    edges = [(0.04, 0.03), (wide - 0.04, 0.03), (wide - 0.04, 0.97), (0.04, 0.97), (0.04, 0.03)]
    panel.line(np.array(edges), rule, color)
    write(panel, 'Nutrition Facts', (0.08, 0.06, wide - 0.08, 0.17), color, _BOLD)
    panel.rectangle(0.08, 0.19, wide - 0.08, 0.21, color)
    rows = int(rng.integers(7, 10))
    for row in range(rows):
        top = 0.24 + 0.7 * row / rows
        name = rng.uniform(0.25, 0.5) * wide
        text_line(panel, (0.09, top, name, top + 0.035), rng, color)
        value = wide - rng.uniform(0.2, 0.28) * wide
        text_line(panel, (value, top, wide - 0.09, top + 0.035), rng, color)
        panel.rectangle(0.08, top + 0.05, wide - 0.08, top + 0.054, color)


def text_block(panel: Panel, rng: np.random.Generator, color: Color, lines: int) -> None:
    """Draw lines that look like text too small to read."""
    pitch = 1 / lines
    for row in range(lines):
        reach = (0.45, 0.8) if row == lines - 1 else (0.9, 1.0)
        right = panel.aspect * rng.uniform(*reach)
        text_line(panel, (0, row * pitch, right, (row + 0.55) * pitch), rng, color)


def text_line(
    panel: Panel,
    box: tuple[float, float, float, float],
    rng: np.random.Generator,
    color: Color,
) -> None:
    """Draw one line of words too small to read, as dashes with ragged tops."""
    left, top, right, bottom = box
    height = bottom - top
    while left < right:
        end = min(right, left + height * rng.uniform(1.5, 5))
        panel.rectangle(left, top + 0.25 * height, end, bottom, color)
        panel.rectangle(left, top, left + 0.3 * height, bottom, color)
        left = end + 0.6 * height


def seal(panel: Panel, center: tuple[float, float], radius: float, words: str, color: Color,
         ink: Color) -> None:  # fmt: skip
    """Draw a star-edged seal with a word in it."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    reach = np.where(np.arange(48) % 2 == 0, radius, 0.87 * radius)
    rim = np.stack([np.cos(angle), np.sin(angle)], 1)
    panel.polygon(rim * reach[:, None] + np.array(center), color)
    x, y, half = *center, 0.7 * radius
    write(panel, words, (x - half, y - 0.35 * radius, x + half, y + 0.35 * radius), ink, _BOLD)
