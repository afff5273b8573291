"""A room whose table, floor and walls differ in size, surface and what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import mujoco
import numpy as np

from efficientsam3_ros.simulation.scene.photo import surfaces
from efficientsam3_ros.simulation.scene.room import FLOOR_Z, TABLE_HALF, add_texture

_COUNTS = {'table': 3, 'floor': 2, 'wall': 3}
_WALLS = ('wall_0', 'wall_1', 'wall_2', 'wall_3')
# Parked objects lie behind the walls, at 2.6 m.
_WALL_DISTANCE = (1.75, 2.4)
_HEIGHT = 1.5
_LARGEST_TABLE = (1.1, 0.85)


def add_room(spec: mujoco.MjSpec, rng: np.random.Generator, photos: Sequence[Path]) -> None:
    """Add table, floor and walls, and more surfaces than they take.

    Args:
        spec: The scene.
        rng: Source of randomness.
        photos: Pictures that may be surfaces.
    """
    for place, count in _COUNTS.items():
        for index in range(count):
            _add_surface(spec, rng, f'{place}_surface_{index}', surfaces.draw(rng, place, photos))
    half = [rng.uniform(low, high) for low, high in zip(TABLE_HALF, _LARGEST_TABLE)]
    thick = rng.uniform(0.01, 0.03)
    _box(spec, 'table', [0, 0, -thick], [*half, thick])
    _box(spec, 'floor', [0, 0, FLOOR_Z - 0.05], [6, 6, 0.05])
    far = rng.uniform(*_WALL_DISTANCE, 4)
    for index, angle in enumerate(np.arange(4) * np.pi / 2):
        center = [far[index] * np.cos(angle), far[index] * np.sin(angle), FLOOR_Z + _HEIGHT]
        # Local x along the wall, local y up, local z into the room: textures lie on z.
        inward = np.array([-np.cos(angle), -np.sin(angle), 0])
        turn = np.stack([np.cross([0, 0, 1], inward), [0, 0, 1], inward], axis=1)
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, turn.flatten())
        _box(spec, _WALLS[index], center, [2.6, _HEIGHT, 0.02])
        spec.geom(_WALLS[index]).quat = quaternion


def randomize(model: mujoco.MjModel, rng: np.random.Generator) -> None:
    """Draw the surfaces of table, floor and walls and a tint; writes to ``model`` only."""
    for place, count in _COUNTS.items():
        for index in range(count):
            material = model.material(f'{place}_surface_{index}').id
            model.mat_rgba[material, :3] = rng.uniform(0.8, 1.0) * rng.uniform(0.94, 1.0, 3)
    for name in ('table', 'floor', *_WALLS):
        place = name.split('_')[0]
        material = model.material(f'{place}_surface_{rng.integers(_COUNTS[place])}').id
        model.geom_matid[model.geom(name).id] = material


def _add_surface(
    spec: mujoco.MjSpec, rng: np.random.Generator, name: str, surface: surfaces.Surface
) -> None:
    add_texture(spec, name, surface.image, mujoco.mjtTexture.mjTEXTURE_2D)
    repeat = 1.0 if surface.whole else rng.uniform(0.6, 2.0)
    material = spec.add_material(
        name=name,
        texrepeat=[repeat, repeat],
        texuniform=not surface.whole,
        specular=surface.finish.specular,
        shininess=surface.finish.shininess,
    )
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name


def _box(spec: mujoco.MjSpec, name: str, place: list[float], size: list[float]) -> None:
    kind = name.split('_')[0]
    spec.worldbody.add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=place,
        size=size,
        material=f'{kind}_surface_0',
        friction=[0.9, 0.02, 0.002],
    )
