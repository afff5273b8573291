"""Random lights whose sum stays near one, because the renderer has no tone mapping."""

from __future__ import annotations

import mujoco
import numpy as np

LIGHTS = 3
# Slightly above one: no surface faces every light at once.
_TOTAL = 1.25
_KINDS = (mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, mujoco.mjtLightType.mjLIGHT_SPOT)


def add_lights(spec: mujoco.MjSpec) -> None:
    """Add the lights to a scene; only the first casts a shadow, as each shadow costs a pass."""
    for index in range(LIGHTS):
        spec.worldbody.add_light(
            name=f'light_{index}', pos=[0, 0, 2], dir=[0, 0, -1], castshadow=index == 0
        )


def randomize(model: mujoco.MjModel, rng: np.random.Generator) -> None:
    """Draw number, place, colour and kind of all lights; writes to ``model`` only."""
    ambient, headlight = rng.uniform(0.25, 0.45), rng.uniform(0.05, 0.25)
    model.vis.headlight.ambient[:] = ambient * rng.uniform(0.93, 1.0, 3)
    model.vis.headlight.diffuse[:] = headlight
    model.vis.headlight.specular[:] = 0.1
    active = int(rng.integers(1, LIGHTS + 1))
    shares = rng.dirichlet(np.full(active, 3.0)) * (_TOTAL - ambient - headlight)
    warmth = rng.uniform(-0.06, 0.06)
    tint = np.array([1 + warmth, 1.0, 1 - warmth])
    for index in range(LIGHTS):
        model.light_active[index] = index < active
        if index >= active:
            continue
        azimuth, elevation = rng.uniform(-np.pi, np.pi), np.radians(rng.uniform(35, 85))
        away = np.array([np.cos(azimuth), np.sin(azimuth)]) * np.cos(elevation)
        towards = np.array([away[0], away[1], np.sin(elevation)])
        aim = np.array([*rng.uniform(-0.2, 0.2, 2), 0.0])
        model.light_pos[index] = aim + 1.7 * towards
        model.light_dir[index] = -towards
        model.light_type[index] = _KINDS[int(rng.random() < 0.5)]
        model.light_diffuse[index] = np.clip(shares[index] * tint, 0, 1)
        model.light_specular[index] = 0.3 * shares[index]
