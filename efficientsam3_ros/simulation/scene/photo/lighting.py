"""Lights of a room: one that casts shadows, fill lights, and much light from around."""

from __future__ import annotations

import mujoco
import numpy as np

LIGHTS = 3
_TOTAL = (0.85, 1.2)


def add_lights(spec: mujoco.MjSpec) -> None:
    """Add the lights to a scene; only the first casts a shadow, as each shadow costs a pass."""
    for index in range(LIGHTS):
        spec.worldbody.add_light(
            name=f'light_{index}', pos=[0, 0, 2], dir=[0, 0, -1], castshadow=index == 0
        )


def randomize(model: mujoco.MjModel, rng: np.random.Generator) -> None:
    """Draw places, strengths and colors of all lights; writes to ``model`` only."""
    total, warmth = rng.uniform(*_TOTAL), rng.uniform(-0.1, 0.1)
    tint = np.array([1 + warmth, 1.0, 1 - warmth])
    ambient, headlight = rng.uniform(0.25, 0.5), rng.uniform(0.0, 0.1)
    model.vis.headlight.ambient[:] = ambient * tint
    model.vis.headlight.diffuse[:] = headlight
    model.vis.headlight.specular[:] = headlight / 2
    left = total - ambient - headlight
    key = left * rng.uniform(0.45, 0.9)
    _set(model, 0, _direction(rng, 40, 88), key * tint)
    cool = np.array([1 - warmth, 1.0, 1 + warmth])
    for index in range(1, LIGHTS):
        _set(model, index, _direction(rng, 20, 80), (left - key) / (LIGHTS - 1) * cool)


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
