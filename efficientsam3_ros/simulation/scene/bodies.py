"""Adds objects with their shape, surface and contact behaviour to a MuJoCo scene."""

from __future__ import annotations

import cv2
import mujoco
import numpy as np

from efficientsam3_ros.simulation.packs.mesh import Mesh
from efficientsam3_ros.simulation.packs.pack import Form, Primitive
from efficientsam3_ros.simulation.scene import room
from efficientsam3_ros.simulation.scene.addition import Addition
from efficientsam3_ros.simulation.scene.selection import Choice
from efficientsam3_ros.simulation.vocabulary import COLORS

_DENSITY = 300
_FRICTION = [0.9, 0.02, 0.002]
_ROLLING_FRICTION = [0.9, 0.02, 0.008]
_HULL_VERTICES = 40
_GRAINS = 3
_HIDDEN_GROUP = 3
"""MuJoCo draws groups 0 to 2 only."""


def add_grains(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add faint grey patterns, so that not every plain colour is perfectly even."""
    for index in range(_GRAINS):
        cells = int(rng.integers(6, 40))
        noise = cv2.resize(rng.uniform(190, 255, (cells, cells)).astype(np.float32), (64, 64))
        image = np.repeat(noise[..., None], 3, axis=2).astype(np.uint8)
        room.add_texture(spec, f'grain_{index}', image, mujoco.mjtTexture.mjTEXTURE_CUBE)


def add_object(
    spec: mujoco.MjSpec,
    rng: np.random.Generator,
    index: int,
    choice: Choice,
    form: Form,
    addition: Addition | None = None,
) -> np.ndarray:
    """Add one free body 'object_<index>' with its joint 'joint_<index>'.

    Args:
        spec: The scene.
        rng: Source of randomness.
        index: Number of the object, from 0.
        choice: What it is.
        form: Its shape, from the pack.
        addition: Says which parts of a mesh are solid; else its convex hull is.

    Returns:
        float64 (V, 3) points on its hull, body frame, metres.
    """
    body = spec.worldbody.add_body(name=f'object_{index}', pos=[index, 0, 5])
    body.add_freejoint(name=f'joint_{index}')
    material = _add_material(spec, rng, index, choice)
    scale = rng.uniform(0.85, 1.15)
    if isinstance(form, Primitive):
        geom = _add_geom(body, choice, material.name)
        return _shape_primitive(geom, form, scale * rng.uniform(0.9, 1.1))
    textures: dict[int, str] = {}
    for number, mesh in enumerate(form):
        name = f'{index}_{number}'
        own = material.name if mesh.plain else _add_own_material(spec, name, mesh, textures)
        geom = _add_geom(body, choice, own)
        _shape_mesh(spec, geom, name, mesh, scale)
        for place, part in enumerate(addition.solid_parts(mesh) if addition else ()):
            geom.contype = geom.conaffinity = 0
            _add_part(spec, body, choice, f'{name}_{place}', part * scale)
    return np.concatenate([mesh.vertices for mesh in form]).astype(np.float64) * scale


def _add_material(
    spec: mujoco.MjSpec, rng: np.random.Generator, index: int, choice: Choice
) -> mujoco.MjsMaterial:
    metal = choice.color == 'silver'
    tint = rng.uniform(0.85, 1.15) * rng.uniform(0.95, 1.05, 3)
    material = spec.add_material(
        name=f'material_{index}',
        rgba=[*np.clip(np.array(COLORS[choice.color]) * tint, 0, 1), 1],
        specular=0.9 if metal else rng.uniform(0.1, 0.6),
        shininess=0.7 if metal else rng.uniform(0.1, 0.7),
        reflectance=0,
    )
    if rng.random() < 0.5:
        grain = f'grain_{rng.integers(_GRAINS)}'
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = grain
    return material


def _add_own_material(spec: mujoco.MjSpec, name: str, mesh: Mesh, textures: dict[int, str]) -> str:
    """Add the material that a patterned mesh brings along; return its name.

    Parts of one object may share a picture: ``textures`` has the names of those that are there.
    """
    color = (1.0, 1.0, 1.0) if mesh.color is None else mesh.color
    material = spec.add_material(
        name=f'own_{name}',
        rgba=[*color, 1],
        specular=mesh.finish.specular,
        shininess=mesh.finish.shininess,
        reflectance=0,
    )
    if mesh.image is not None:
        if id(mesh.image) not in textures:
            textures[id(mesh.image)] = f'image_{name}'
            room.add_texture(spec, f'image_{name}', mesh.image, mujoco.mjtTexture.mjTEXTURE_2D)
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = textures[id(mesh.image)]
    return material.name


def _add_geom(body: mujoco.MjsBody, choice: Choice, material: str) -> mujoco.MjsGeom:
    geom = body.add_geom(material=material, density=_DENSITY, friction=_FRICTION, condim=4)
    if choice.noun.rolls:
        # Without rolling friction a ball leaves the table before the scene has settled.
        geom.condim, geom.friction = 6, _ROLLING_FRICTION
    return geom


def _add_part(
    spec: mujoco.MjSpec, body: mujoco.MjsBody, choice: Choice, name: str, points: np.ndarray
) -> None:
    """Add the hull of some points, float (K, 3): solid, without mass and not drawn."""
    geom = _add_geom(body, choice, '')
    geom.density, geom.group = 0, _HIDDEN_GROUP
    entry = spec.add_mesh(name=f'part_{name}', maxhullvert=_HULL_VERTICES)
    entry.uservert = points.ravel()
    entry.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
    geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, entry.name


def _shape_mesh(
    spec: mujoco.MjSpec, geom: mujoco.MjsGeom, name: str, mesh: Mesh, scale: float
) -> None:
    entry = spec.add_mesh(name=f'mesh_{name}', maxhullvert=_HULL_VERTICES)
    entry.uservert, entry.userface = (mesh.vertices * scale).ravel(), mesh.faces.ravel()
    if mesh.texture_coordinates is not None:
        entry.usertexcoord = mesh.texture_coordinates.ravel()
    if mesh.normals is not None:
        entry.usernormal = mesh.normals.ravel()
    # Scanned shapes are not watertight, so their own volume is not defined.
    entry.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
    geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, entry.name


def _shape_primitive(geom: mujoco.MjsGeom, form: Primitive, scale: float) -> np.ndarray:
    half = np.array(form.half_sizes) * scale
    geom.type = getattr(mujoco.mjtGeom, f'mjGEOM_{form.kind.upper()}')
    geom.pos = [0, 0, half[2]]
    # Sphere: radius; cylinder and capsule: radius and half length; the capsule adds its caps.
    if form.kind in ('cylinder', 'capsule'):
        geom.size = [half[0], half[2] - (half[0] if form.kind == 'capsule' else 0), 0]
    else:
        geom.size = half
    corners = np.stack(np.meshgrid([-1, 1], [-1, 1], [-1, 1]), -1).reshape(-1, 3)
    return corners * half + [0, 0, half[2]]
