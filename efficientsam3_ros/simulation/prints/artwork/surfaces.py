"""Materials: what a surface looks like before anything is printed on it, and how it wears."""

from __future__ import annotations

import cv2
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Finish
from efficientsam3_ros.simulation.prints.artwork.palette import toned
from efficientsam3_ros.simulation.prints.artwork.panel import Color, Panel

PAPER = Finish(0.12, 0.15)
CARD = Finish(0.25, 0.35)
METAL = Finish(0.9, 0.6)
PLASTIC = Finish(0.45, 0.55)
GLASS = Finish(0.9, 0.9)
CERAMIC = Finish(0.6, 0.8)
FOAM = Finish(0.02, 0.05)


def noise(shape: tuple[int, int], cells: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Return smooth noise around 0, float32 (h, w), about 1 strong."""
    coarse = rng.normal(0, 1, cells).astype(np.float32)
    coarse[:, -1] = coarse[:, 0]  # wound around, both sides meet
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


def brushed(panel: Panel, color: Color, rng: np.random.Generator, around: bool = True) -> None:
    """Cover with metal: fine scratches one way, reflections of the room across them."""
    shape = panel.pixels.shape[:2]
    x = np.linspace(0, 2 * np.pi, shape[1], dtype=np.float32)
    streaks = (
        1 + 0.2 * np.sin(2 * x + rng.uniform(0, 6)) + 0.13 * np.sin(5 * x + rng.uniform(0, 6))
    )
    if not around:
        streaks = 1 + 0.05 * np.sin(2 * x)
    fine = 0.035 * noise(shape, (shape[0] // 2, 6), rng)
    panel.fill(color)
    panel.shade(streaks[None] + fine)


def rings(panel: Panel, color: Color, radii: tuple[float, ...], rng: np.random.Generator) -> None:
    """Cover with a metal disc: stamped rings, dark on one side and light on the other."""
    height, width = panel.pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : complex(height), -1 : 1 : complex(width)].astype(np.float32)
    radius = np.hypot(x, y)
    factor = 1 + 0.1 * np.sin(2 * np.arctan2(y, x) + rng.uniform(0, 6))
    for ring in radii:
        factor -= 0.35 * np.exp(-(((radius - ring) / 0.02) ** 2))
        factor += 0.25 * np.exp(-(((radius - ring - 0.04) / 0.02) ** 2))
    panel.fill(color)
    panel.shade(factor)


def glassy(panel: Panel, color: Color, rng: np.random.Generator) -> None:
    """Cover with dark or full glass: its rim lets light through, a window shines in it."""
    height, width = panel.pixels.shape[:2]
    x = np.linspace(0, 1, width, dtype=np.float32)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    through = 0.16 * np.cos(4 * np.pi * x + rng.uniform(0, 6)) + 0.05 * noise(
        (1, width), (1, 12), rng
    )
    panel.fill(color)
    panel.shade(1 + through + 0.12 * (1 - y))
    for center, half in ((rng.uniform(0.2, 0.35), 0.012), (rng.uniform(0.6, 0.8), 0.02)):
        band = np.exp(-(((x - center) / half) ** 2)) * np.clip(np.sin(np.pi * y) * 1.4, 0, 1)
        panel.tint((130 * band).astype(np.uint8), 0, 0, (235, 240, 240))


def glazed(panel: Panel, color: Color, rng: np.random.Generator, speckled: bool = False) -> None:
    """Cover with a ceramic glaze, thinner towards the upper edge."""
    panel.gradient(toned(color, 1.03), color)
    shape = panel.pixels.shape[:2]
    panel.shade(1 + 0.025 * noise(shape, (5, 9), rng))
    if speckled:
        for _ in range(90):
            at = (rng.uniform(0, panel.aspect), rng.uniform(0, 1))
            size = rng.uniform(0.003, 0.011)
            panel.ellipse(at, (size, size), toned(color, rng.uniform(0.35, 0.7)))


def wooden(panel: Panel, color: Color, rng: np.random.Generator, along_x: bool = True) -> None:
    """Cover with wood: long fibers and year lines."""
    height, width = panel.pixels.shape[:2]
    shape = (height, width) if along_x else (width, height)
    bend = noise(shape, (6, 3), rng)
    rows = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    lines = np.sin(40 * (rows + 0.06 * bend))
    factor = 1 + 0.09 * lines + 0.06 * noise(shape, (shape[0] // 2, 5), rng)
    panel.fill(color)
    panel.shade(factor if along_x else factor.T)


def plain(panel: Panel, color: Color, rng: np.random.Generator, grain: float = 0.02) -> None:
    """Cover with one color that is not perfectly even."""
    panel.fill(color)
    panel.shade(1 + grain * noise(panel.pixels.shape[:2], (24, 24), rng))


def darkened(panel: Panel, top: float, bottom: float) -> None:
    """Darken towards the lower and upper edge, as corners get less light."""
    y = np.linspace(0, 1, len(panel.pixels), dtype=np.float32)[:, None]
    panel.shade(1 - top * np.exp(-y / 0.04) - bottom * np.exp(-(1 - y) / 0.05))


def worn(panel: Panel, rng: np.random.Generator, strength: float = 1.0) -> None:
    """Add what use leaves: uneven fading, rubbed edges, a few scratches."""
    shape = panel.pixels.shape[:2]
    panel.shade(1 + 0.03 * strength * noise(shape, (7, 7), rng))
    for _ in range(int(rng.poisson(3 * strength))):
        start = np.array([rng.uniform(0, panel.aspect), rng.uniform(0, 1)])
        way = rng.normal(0, 0.08, 2)
        below = panel.pixels[min(int(start[1] * shape[0]), shape[0] - 1), 0]
        tone = toned((int(below[0]), int(below[1]), int(below[2])), rng.uniform(1.05, 1.3))
        panel.line(np.stack([start, start + way]), 0.003, tone)


def rubbed(panel: Panel, rng: np.random.Generator) -> None:
    """Whiten the edges of printed card where it was touched."""
    fade = np.exp(-np.arange(6, dtype=np.float32) / 2)
    for turned in (False, True):
        length = panel.pixels.shape[0 if turned else 1]
        for first in (True, False):
            touched = np.clip(0.6 + 0.7 * rng.normal(0, 1, max(4, length // 16)), 0, 1.4)
            along = cv2.resize(touched.astype(np.float32)[None], (length, 1))[0]
            mask = np.clip(along[None] * fade[:, None], 0, 1) * 0.6
            mask = mask if first else mask[::-1]
            mask = np.ascontiguousarray(mask.T if turned else mask)
            height, width = panel.pixels.shape[:2]
            left = width - 6 if turned and not first else 0
            top = height - 6 if not turned and not first else 0
            panel.tint((255 * mask).astype(np.uint8), left, top, (232, 228, 220))
