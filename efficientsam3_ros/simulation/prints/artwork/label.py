"""Draws a design: the ground of every side, the front, the back, a small end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from efficientsam3_ros.simulation.prints.artwork import fine_print, pictures
from efficientsam3_ros.simulation.prints.artwork.design import Brand, Design, Ground, Show
from efficientsam3_ros.simulation.prints.artwork.lettering import Box, Lettering, write
from efficientsam3_ros.simulation.prints.artwork.palette import Palette, mixed, readable_on, toned
from efficientsam3_ros.simulation.prints.artwork.panel import Panel, outline

_WIDE = 1.25
_LONG = 4.0


def ground(panel: Panel, design: Design) -> None:
    """Draw what lies behind everything; it joins where the panel's sides meet."""
    colors = design.colors
    panel.gradient(colors.main, colors.deep if design.ground is Ground.FADE else colors.main)
    how = _GROUNDS.get(design.ground)
    if how is not None:
        how(panel, colors)


def _stripes(panel: Panel, colors: Palette) -> None:
    count = max(4, round(6 * panel.aspect))
    step, tone = panel.aspect / count, mixed(colors.main, colors.deep, 0.6)
    for k in range(count):
        panel.rectangle(k * step, 0, (k + 0.5) * step, 1, tone)


def _waves(panel: Panel, colors: Palette) -> None:
    x = np.linspace(0, panel.aspect, 60)
    for height, tone in ((0.7, colors.deep), (0.86, colors.second)):
        y = height + 0.05 * np.sin(4 * np.pi * x / panel.aspect + 8 * height)
        edge = np.stack([x, y], 1)
        panel.polygon(np.concatenate([edge, [[panel.aspect, 1.1], [0, 1.1]]]), tone)


def _bands(panel: Panel, colors: Palette) -> None:
    for top, bottom, tone in (
        (0.0, 0.07, colors.second),
        (0.09, 0.11, colors.second),
        (0.9, 1.0, colors.deep),
        (0.87, 0.885, colors.second),
    ):
        panel.rectangle(0, top, panel.aspect, bottom, tone)


def _slashes(panel: Panel, colors: Palette) -> None:
    count = max(1, round(panel.aspect / 1.1))
    step = panel.aspect / count
    slash = np.array([(0.0, 1), (0.14, 1), (0.48, 0), (0.34, 0)])
    for k in range(count):
        panel.polygon(slash + np.array([(k + 0.1) * step, 0]), colors.deep)
        panel.polygon(slash + np.array([(k + 0.1) * step + 0.2, 0]), colors.pale)


def _rays(panel: Panel, colors: Palette) -> None:
    middle = np.array([panel.aspect / 2, 0.55])
    tone = mixed(colors.main, colors.pale, 0.8)
    reach = 2 * max(panel.aspect, 1.0)
    for k in range(14):
        angle = 2 * np.pi * (k + np.array([0, 0.5])) / 14
        ends = middle + reach * np.stack([np.cos(angle), np.sin(angle)], 1)
        panel.polygon(np.concatenate([[middle], ends]), tone)


def _dots(panel: Panel, colors: Palette) -> None:
    rows = 7
    columns = max(3, round(rows * panel.aspect))
    tone = mixed(colors.main, colors.accent, 0.35)
    for row in range(rows):
        for column in range(columns):
            x = (column + 0.25 + 0.5 * (row % 2)) * panel.aspect / columns
            panel.ellipse((x, (row + 0.5) / rows), (0.022, 0.022), tone)


_GROUNDS: dict[Ground, Callable[[Panel, Palette], None]] = {
    Ground.STRIPES: _stripes,
    Ground.RAYS: _rays,
    Ground.DOTS: _dots,
    Ground.WAVE: _waves,
    Ground.BANDS: _bands,
    Ground.SLASH: _slashes,
}


def front(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    """Draw name, picture and words over a ground that is there already."""
    if panel.aspect > _WIDE:
        _lie(panel, design, rng)
    else:
        _stand(panel, design, rng)
    if design.sealed:
        place = (panel.aspect - 0.17, 0.74)
        radius = min(0.13, 0.2 * panel.aspect)
        tone = design.colors.second
        word = ('NEW', 'BIO', '+20%', 'XXL')[len(design.brand) % 4]
        fine_print.seal(panel, place, radius, word, tone, readable_on(tone))


def _stand(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    wide = panel.aspect
    name_top, picture_top = (0.08, 0.5) if design.brand_first else (0.54, 0.06)
    _brand(panel, design, (0.06 * wide, name_top, 0.94 * wide, name_top + 0.27))
    ink = readable_on(design.colors.main)
    below = name_top + 0.29
    write(
        panel, design.name, (0.1 * wide, below, 0.9 * wide, below + 0.085), ink, design.name_style
    )
    _picture(panel.part(0.04, picture_top, 0.96, picture_top + 0.38), design, rng)
    for words, top in ((design.praise, 0.89), (design.amount, 0.935)):
        write(panel, words, (0.15 * wide, top, 0.85 * wide, top + 0.033), ink)


def _lie(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    wide = panel.aspect
    left, right = (0.05, 0.6) if design.brand_first else (0.4, 0.95)
    start, end = left * wide, right * wide
    _brand(panel, design, (start, 0.12, end, 0.52))
    ink = readable_on(design.colors.main)
    write(panel, design.name, (start, 0.57, end, 0.71), ink, design.name_style)
    write(panel, design.praise, (start, 0.78, end, 0.84), ink)
    write(panel, design.amount, (start, 0.88, end, 0.93), ink)
    side = (0.62, 0.98) if design.brand_first else (0.02, 0.38)
    _picture(panel.part(side[0], 0.1, side[1], 0.95), design, rng)


def _brand(panel: Panel, design: Design, box: Box) -> None:
    colors = design.colors
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    half, tall = (right - left) / 2, (bottom - top) / 2
    tone, ink = colors.accent, colors.on_accent
    rim = toned(colors.deep, 0.7)
    inner = (x - 0.78 * half, y - 0.55 * tall, x + 0.78 * half, y + 0.55 * tall)
    if design.stand in (Brand.BARE, Brand.ARCH):
        inner, ink = box, colors.accent
    elif design.stand is Brand.OVAL:
        panel.ellipse((x, y), (half, 0.92 * tall), rim)
        panel.ellipse((x, y), (0.95 * half, 0.84 * tall), tone)
    elif design.stand is Brand.BLOCK:
        panel.rectangle(left, y - 0.75 * tall, right, y + 0.75 * tall, tone)
        panel.rectangle(left, y + 0.8 * tall, right, y + 0.88 * tall, tone)
    elif design.stand is Brand.RIBBON:
        fold = 0.12 * half
        for side in (-1, 1):
            tail = np.array([(0.8 * half, -0.3), (half + fold, -0.3), (half, 0.15),
                             (half + fold, 0.75), (0.8 * half, 0.75)])  # fmt: skip
            panel.polygon(tail * [side, tall] + [x, y], toned(tone, 0.7))
        panel.rectangle(x - 0.9 * half, y - 0.62 * tall, x + 0.9 * half, y + 0.55 * tall, tone)
    elif design.stand is Brand.SHIELD:
        rounding = outline((x, y + 0.3 * tall), (0.9 * half, 0.72 * tall))[:21]
        upper = np.array([(x - 0.9 * half, y - 0.85 * tall), (x + 0.9 * half, y - 0.85 * tall)])
        panel.polygon(np.concatenate([rounding, upper]), rim)
        inside = np.concatenate([rounding, upper]) - [x, y]
        panel.polygon(0.93 * inside + [x, y], tone)
    write(panel, design.brand, inner, ink, design.brand_style)


def _picture(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    middle, size = (panel.aspect / 2, 0.5), 0.42 * min(1.0, panel.aspect)
    if design.show is Show.HEAP:
        pictures.heap(panel, design.picture, 0.5 * size, rng)
    elif design.show is Show.PAIR:
        for side in (-1, 1):
            place = (middle[0] + side * 0.6 * size, 0.52 - 0.08 * side)
            pictures.draw(panel, design.picture, place, 0.8 * size, rng)
    elif design.show is Show.MEDALLION:
        panel.ellipse(middle, (1.05 * size, 1.05 * size), design.colors.second)
        panel.ellipse(middle, (0.97 * size, 0.97 * size), design.colors.pale)
        pictures.draw(panel, design.picture, middle, 0.68 * size, rng)
    else:
        pictures.draw(panel, design.picture, middle, size, rng)


def back(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    """Draw tables and small text over a ground that is there already."""
    ink = readable_on(design.colors.main)
    wide = panel.aspect
    write(panel, design.brand, (0.12 * wide, 0.06, 0.88 * wide, 0.16), design.colors.accent,
          Lettering(weight=0.05))  # fmt: skip
    fine_print.text_block(panel.part(0.1, 0.2, 0.9, 0.36), rng, ink, 6)
    fine_print.contents_table(panel.part(0.1, 0.4, 0.62, 0.94), rng, ink)
    fine_print.bar_code(panel.part(0.66, 0.74, 0.95, 0.94), rng)
    fine_print.text_block(panel.part(0.66, 0.42, 0.94, 0.68), rng, ink, 9)


def end(panel: Panel, design: Design, *, upright: bool = True) -> None:
    """Draw a small side with the name alone."""
    wide = panel.aspect
    write(panel, design.brand, (0.15 * wide, 0.15, 0.85 * wide, 0.6 if upright else 0.85),
          design.colors.accent, Lettering(weight=0.05), upright)  # fmt: skip
    if upright:
        ink = readable_on(design.colors.main)
        write(panel, design.name, (0.2 * wide, 0.66, 0.8 * wide, 0.82), ink)


def wrap(panel: Panel, design: Design, rng: np.random.Generator) -> None:
    """Draw a label that runs around: the front in the middle, the rest behind."""
    ground(panel, design)
    share = min(0.46, 1.15 / panel.aspect)
    left = 0.5 - share / 2
    face = panel.part(left, 0, 1 - left, 1)
    front(face, design, rng)
    copies = round(panel.aspect / 2.1) if panel.aspect > _LONG else 2
    if copies > 2 or rng.random() < 0.4:
        _repeat(panel, face, copies)
        return
    side = min(left - 0.02, 0.9 / panel.aspect)
    back(panel.part(0.01, 0.02, 0.01 + side, 0.98), design, rng)
    ink = readable_on(design.colors.main)
    fine_print.text_block(panel.part(0.99 - side, 0.15, 0.98, 0.5), rng, ink, 8)
    fine_print.text_block(panel.part(0.99 - side, 0.6, 0.98, 0.9), rng, ink, 7)


def _repeat(panel: Panel, face: Panel, copies: int) -> None:
    """Show the front several times around; a part beyond one edge comes in at the other."""
    shown = face.pixels.copy()
    width, own = panel.pixels.shape[1], shown.shape[1]
    for k in range(copies):
        middle = round(width * (0.5 + k / copies))
        panel.pixels[:, (np.arange(own) - own // 2 + middle) % width] = shown
