"""Table, floor and walls with interchangeable random surfaces."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.packs import surfaces

TABLE_HALF = (0.55, 0.38, 0.02)
FLOOR_Z = -0.75
WALL_DISTANCE = 1.75
SURFACES = 6
_ROOM_GEOMS = ('table', 'floor', 'wall_0', 'wall_1', 'wall_2', 'wall_3')


def add_texture(
    spec: mujoco.MjSpec, name: str, image: np.ndarray, kind: mujoco.mjtTexture
) -> None:
    """Add an RGB image (h, w, 3) as a texture; a cube texture shows it on all six faces."""
    if kind == mujoco.mjtTexture.mjTEXTURE_CUBE:
        image = np.tile(image, (6, 1, 1))
    texture = spec.add_texture(
        name=name,
        type=kind,
        width=image.shape[1],
        height=image.shape[0],
        nchannel=3,
    )
    texture.data = np.ascontiguousarray(image).tobytes()


def _surface(rng: np.random.Generator, files: tuple[str, ...]) -> np.ndarray:
    draw = rng.random()
    if files and draw < 0.75:
        return surfaces.texture(files[rng.integers(len(files))])
    return surfaces.checker(rng) if draw < 0.82 else surfaces.speckle(rng)


def add_room(spec: mujoco.MjSpec, rng: np.random.Generator, files: tuple[str, ...]) -> None:
    """Add the room; its surfaces are materials 'surface_0' ... of which each geom takes one.

    Args:
        spec: The scene.
        rng: Source of randomness.
        files: Names of committed textures to choose from.
    """
    for index in range(SURFACES):
        name = f'surface_{index}'
        add_texture(spec, name, _surface(rng, files), mujoco.mjtTexture.mjTEXTURE_2D)
        repeat = rng.uniform(0.8, 3.0)
        material = spec.add_material(
            name=name, texrepeat=[repeat, repeat], texuniform=True, specular=0.1, shininess=0.2
        )
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    box, far = mujoco.mjtGeom.mjGEOM_BOX, WALL_DISTANCE
    boxes = [([0, 0, -TABLE_HALF[2]], TABLE_HALF), ([0, 0, FLOOR_Z - 0.05], (6, 6, 0.05))]
    for x, y in ((far, 0), (-far, 0), (0, far), (0, -far)):
        boxes.append(([x, y, 0.75], (0.02, far, 1.5) if x else (far, 0.02, 1.5)))
    for name, (place, size) in zip(_ROOM_GEOMS, boxes, strict=True):
        spec.worldbody.add_geom(
            name=name,
            type=box,
            pos=place,
            size=size,
            material='surface_0',
            friction=[0.9, 0.02, 0.002],
        )


def randomize(model: mujoco.MjModel, rng: np.random.Generator) -> None:
    """Draw the surface of table, floor and walls and a tint; writes to ``model`` only."""
    surfaces = [model.material(f'surface_{i}').id for i in rng.permutation(SURFACES)]
    for surface in surfaces:
        model.mat_rgba[surface, :3] = rng.uniform(0.75, 1.0) * rng.uniform(0.88, 1.0, 3)
    for geom in _ROOM_GEOMS:
        model.geom_matid[model.geom(geom).id] = surfaces[min(_ROOM_GEOMS.index(geom), 2)]
