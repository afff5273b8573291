"""Lights of a room: a panel that casts soft shadows, fill lights, and much light from around."""

from __future__ import annotations

import mujoco
import numpy as np

PANEL = 3
"""Lights side by side that make one panel; each casts a shadow, together a soft one."""
FILLS = 2
_TOTAL = (0.95, 1.3)


def add_lights(spec: mujoco.MjSpec) -> None:
    """Add the lights of the panel and the fill lights to a scene."""
    for index in range(PANEL + FILLS):
        spec.worldbody.add_light(
            name=f'light_{index}', pos=[0, 0, 2], dir=[0, 0, -1], castshadow=index < PANEL
        )


def randomize(model: mujoco.MjModel, rng: np.random.Generator) -> None:
    """Draw places, strengths and colors of all lights; writes to ``model`` only."""
    total, warmth = rng.uniform(*_TOTAL), rng.uniform(-0.1, 0.1)
    tint = np.array([1 + warmth, 1.0, 1 - warmth])
    ambient, headlight = rng.uniform(0.3, 0.6), rng.uniform(0.0, 0.12)
    model.vis.headlight.ambient[:] = ambient * tint
    model.vis.headlight.diffuse[:] = headlight
    model.vis.headlight.specular[:] = headlight / 2
    left = total - ambient - headlight
    key = left * rng.uniform(0.45, 0.9)
    width = rng.uniform(0.04, 0.35)
    towards = _direction(rng, 40, 88)
    across = np.cross(towards, [0.3, 0.9, 0.1])
    across /= np.linalg.norm(across)
    for index in range(PANEL):
        place = towards + across * width * (index - (PANEL - 1) / 2)
        _set(model, index, place / np.linalg.norm(place), key / PANEL * tint)
    for index in range(PANEL, PANEL + FILLS):
        cool = np.array([1 - warmth, 1.0, 1 + warmth])
        _set(model, index, _direction(rng, 20, 80), (left - key) / FILLS * cool)


def _direction(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    azimuth, elevation = rng.uniform(-np.pi, np.pi), np.radians(rng.uniform(low, high))
    flat = np.array([np.cos(azimuth), np.sin(azimuth)]) * np.cos(elevation)
    return np.array([*flat, np.sin(elevation)])


def _set(model: mujoco.MjModel, index: int, towards: np.ndarray, color: np.ndarray) -> None:
    model.light_pos[index] = 1.9 * towards
    model.light_dir[index] = -towards
    model.light_type[index] = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    model.light_diffuse[index] = np.clip(color, 0, 1)
    model.light_specular[index] = np.clip(0.8 * color, 0, 1)
