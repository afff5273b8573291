"""Surfaces drawn by code: wood, planks, marble, cloth, tiles, concrete, paint, shelves.

All are uint8 (512, 512, 3) RGB and, but for the shelf, repeat without a seam.
"""

from __future__ import annotations

import cv2
import numpy as np

SIZE = 512
_WOODS = ((222, 196, 168), (205, 170, 125), (168, 120, 78), (120, 80, 52), (84, 56, 40))
_PAINTS = ((236, 234, 228), (222, 216, 204), (206, 212, 216), (188, 198, 190), (214, 196, 176))


def fractal(rng: np.random.Generator, slope: float, stretch: float = 1.0) -> np.ndarray:
    """Return periodic noise, float32 (512, 512), mean 0, deviation 1.

    Args:
        rng: Source of randomness.
        slope: How fast amplitude falls with frequency; 0 is white, 2 are clouds.
        stretch: How much longer its grains are in x than in y.
    """
    spectrum = np.fft.rfft2(rng.standard_normal((SIZE, SIZE), np.float32))
    y = np.fft.fftfreq(SIZE)[:, None] / stretch**0.5
    x = np.fft.rfftfreq(SIZE)[None] * stretch**0.5
    frequency = np.hypot(x, y)
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum / frequency**slope, s=(SIZE, SIZE))
    return (noise / noise.std()).astype(np.float32)


def _shaded(color: np.ndarray, shade: np.ndarray) -> np.ndarray:
    return np.clip(color * (1 + shade[..., None]), 0, 255).astype(np.uint8)


def _base(rng: np.random.Generator, colors: tuple[tuple[int, int, int], ...]) -> np.ndarray:
    return np.array(colors[rng.integers(len(colors))]) * rng.uniform(0.88, 1.06, 3)


def wood(rng: np.random.Generator) -> np.ndarray:
    """Draw a board with fibres and rings along x."""
    rings = np.sin(2 * np.pi * (3 * fractal(rng, 1.6, 30) * rng.uniform(0.3, 1.2)))
    shade = rng.uniform(0.01, 0.05) * rings + rng.uniform(0.015, 0.05) * fractal(rng, 0.6, 40)
    return _shaded(_base(rng, _WOODS), shade + 0.02 * fractal(rng, 2, 4))


def planks(rng: np.random.Generator) -> np.ndarray:
    """Draw a floor of planks along x, each of its own shade, with dark joints."""
    rows = int(rng.choice([4, 8]))
    height, columns = SIZE // rows, int(rng.choice([1, 2, 4]))
    image = wood(rng).astype(np.float32)
    joint = rng.uniform(0.5, 0.85)
    for row in range(rows):
        band = slice(row * height, (row + 1) * height)
        offset = int(rng.integers(SIZE))
        shades = np.repeat(rng.uniform(0.82, 1.1, columns), SIZE // columns)
        image[band] = np.roll(image[band], int(rng.integers(SIZE)), 1)
        image[band] *= np.roll(shades, offset)[None, :, None]
        image[band.start] *= joint
        image[band, [(offset + i * SIZE // columns) % SIZE for i in range(columns)]] *= joint
    return np.clip(image, 0, 255).astype(np.uint8)


def marble(rng: np.random.Generator) -> np.ndarray:
    """Draw a stone with thin veins."""
    ground = np.array([222, 218, 212]) if rng.random() < 0.6 else np.array([70, 66, 64])
    vein = np.exp(-np.abs(fractal(rng, 1.7)) * rng.uniform(8, 20))
    cloud = 0.06 * fractal(rng, 1.5)
    sign = -1 if ground[0] > 128 else 1
    return _shaded(ground, sign * rng.uniform(0.1, 0.45) * vein + cloud)


def concrete(rng: np.random.Generator) -> np.ndarray:
    """Draw clouds with fine grain and a few pits."""
    ground = rng.uniform(105, 200) * rng.uniform(0.96, 1.04, 3)
    pits = fractal(rng, 0.5) > rng.uniform(2.3, 3.0)
    shade = 0.05 * fractal(rng, 1.4) + 0.03 * fractal(rng, 0.2)
    return _shaded(ground, np.where(pits, shade - 0.2, shade))


def cloth(rng: np.random.Generator) -> np.ndarray:
    """Draw a weave, plain, striped or checked."""
    # Fabrics are rarely of pure colors.
    ground, other = rng.uniform(70, 225, (2, 1)) * rng.uniform(0.75, 1.2, (2, 3))
    place = np.arange(SIZE)
    threads = np.sin(place * 2 * np.pi * 128 / SIZE)
    weave = 0.06 * threads[:, None] * threads[None]
    cells = int(rng.choice([4, 8, 16]))
    stripe = (place * cells // SIZE % 2).astype(np.float32)
    kind = rng.random()
    share: np.ndarray = np.zeros((SIZE, SIZE), np.float32)
    if kind < 0.25:
        share[:] = stripe
    elif kind < 0.5:
        share = (stripe[:, None] + stripe[None]) / 2
    color = ground + share[..., None] * (other - ground)
    return _shaded(color, weave + 0.04 * fractal(rng, 1.2) + 0.03 * fractal(rng, 0.0))


def tiles(rng: np.random.Generator) -> np.ndarray:
    """Draw square tiles with joints."""
    count = int(rng.choice([2, 4]))
    side = SIZE // count
    shades = np.kron(rng.normal(1, 0.025, (count, count)), np.ones((side, side)))
    image = _base(rng, (*_PAINTS, (150, 120, 100), (90, 95, 100))) * shades[..., None]
    inside = np.arange(SIZE) % side
    line = int(rng.integers(2, 6))
    joints = (inside < line)[:, None] | (inside < line)[None]
    image[joints] = rng.uniform(90, 200)
    return _shaded(image, 0.02 * fractal(rng, 1.0))


def carpet(rng: np.random.Generator) -> np.ndarray:
    """Draw short yarn of one color."""
    ground = rng.uniform(50, 170) * rng.uniform(0.8, 1.2, 3)
    return _shaded(ground, 0.12 * fractal(rng, 0.3) + 0.04 * fractal(rng, 1.5))


def paint(rng: np.random.Generator) -> np.ndarray:
    """Draw a painted wall or a laminate: nearly one color."""
    ground = _base(rng, _PAINTS) if rng.random() < 0.75 else rng.uniform(60, 230, 3)
    return _shaded(ground, rng.uniform(0, 0.025) * fractal(rng, 1.3) + 0.008 * fractal(rng, 0))


def shelf(rng: np.random.Generator) -> np.ndarray:
    """Draw boards with upright things of many colors, as far things look: a little soft."""
    image = np.empty((SIZE, SIZE, 3), np.float32)
    image[:] = rng.uniform(40, 210) * rng.uniform(0.9, 1.1, 3)
    rows = int(rng.integers(3, 6))
    for row in range(rows):
        bottom = (row + 1) * SIZE // rows - 8
        left = 0
        while left < SIZE:
            width = int(rng.integers(8, 60))
            if rng.random() < 0.8:
                top = bottom - int(rng.uniform(0.35, 0.9) * SIZE / rows)
                color = rng.uniform(20, 235) * rng.uniform(0.55, 1.45, 3)
                image[top:bottom, left : left + width] = np.clip(color, 0, 255)
                image[top:bottom, left : left + 2] *= 0.6
            left += width
        image[bottom : bottom + 8] = rng.uniform(80, 220)
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.8, 2.5)).astype(np.uint8)
