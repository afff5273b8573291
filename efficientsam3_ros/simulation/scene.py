"""Builds the MuJoCo scene: a room, a table and named objects lying on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import mujoco
import numpy as np

from efficientsam3_ros.simulation import assets, lighting, occluder, room
from efficientsam3_ros.simulation.camera import FOVY_DEG
from efficientsam3_ros.simulation.renderer import CAMERA
from efficientsam3_ros.simulation.selection import Choice
from efficientsam3_ros.simulation.vocabulary import COLOURS, phrases

TIME_STEP = 0.004
_FRICTION = [0.9, 0.02, 0.002]
_GRAINS = 3
_GEOMS = {
    'box': mujoco.mjtGeom.mjGEOM_BOX,
    'sphere': mujoco.mjtGeom.mjGEOM_SPHERE,
    'cylinder': mujoco.mjtGeom.mjGEOM_CYLINDER,
    'capsule': mujoco.mjtGeom.mjGEOM_CAPSULE,
    'ellipsoid': mujoco.mjtGeom.mjGEOM_ELLIPSOID,
}


@dataclass(frozen=True)
class SceneObject:
    """What is known about one object.

    Attributes:
        id: Its value in the id image, from 1.
        noun: Its noun.
        colour: Its colour, None when it is patterned.
        phrases: Every phrase that is true of it.
        asset: Key of its shape in the pack.
    """

    id: int
    noun: str
    colour: str | None
    phrases: frozenset[str]
    asset: str


@dataclass(frozen=True)
class Scene:
    """A compiled scene.

    Attributes:
        model: MuJoCo model.
        data: MuJoCo state.
        objects: Objects, id = index + 1.
        points: Per object float64 (V, 3) points on its hull, body frame, metres.
        object_of_geom: uint16 (ngeom,) object id of each geom, 0 = background.
    """

    model: mujoco.MjModel
    data: mujoco.MjData
    objects: tuple[SceneObject, ...]
    points: tuple[np.ndarray, ...]
    object_of_geom: np.ndarray

    def state(self, index: int) -> np.ndarray:
        """View of position and quaternion of object ``index`` (from 0), float64 (7,)."""
        start = self.model.jnt_qposadr[self.model.joint(f'joint_{index}').id]
        return self.data.qpos[start : start + 7]

    def velocity(self, index: int) -> np.ndarray:
        """View of linear and angular velocity of object ``index``, float64 (6,)."""
        start = self.model.jnt_dofadr[self.model.joint(f'joint_{index}').id]
        return self.data.qvel[start : start + 6]

    def positions(self) -> np.ndarray:
        """Positions of all objects in the world, float64 (N, 3), metres."""
        return np.stack([self.state(index)[:3] for index in range(len(self.objects))])

    def step(self, steps: int) -> None:
        """Advance physics by ``steps`` of ``TIME_STEP`` seconds."""
        mujoco.mj_step(self.model, self.data, steps)


def build(
    rng: np.random.Generator,
    chosen: list[Choice],
    pack: str,
    size: tuple[int, int],
    with_occluder: bool,
) -> Scene:
    """Compile a scene; the objects are not placed yet.

    Args:
        rng: Source of randomness.
        chosen: What to put on the table.
        pack: Asset pack.
        size: (width, height) of the images to be drawn.
        with_occluder: Whether to add the hand or box of ``occluder``.
    """
    spec = _empty(size)
    lighting.add_lights(spec)
    room.add_room(spec, rng, pack)
    _add_grains(spec, rng)
    if with_occluder:
        occluder.add_occluder(spec, rng)
    points = [_add_object(spec, rng, index, choice) for index, choice in enumerate(chosen)]
    model = spec.compile()
    objects = tuple(
        SceneObject(i + 1, c.noun.name, c.colour, phrases(c.noun.name, c.colour), c.noun.shape)
        for i, c in enumerate(chosen)
    )
    body_to_id = np.zeros(model.nbody, np.uint16)
    for item in objects:
        body_to_id[model.body(f'object_{item.id - 1}').id] = item.id
    object_of_geom = body_to_id[model.geom_bodyid]
    return Scene(model, mujoco.MjData(model), objects, tuple(points), object_of_geom)


def _empty(size: tuple[int, int]) -> mujoco.MjSpec:
    spec = mujoco.MjSpec()
    spec.option.timestep = TIME_STEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 5
    spec.option.iterations = 30
    spec.visual.quality.offsamples = 0
    spec.visual.quality.shadowsize = 1024
    spec.visual.global_.offwidth, spec.visual.global_.offheight = size
    spec.visual.map.znear, spec.visual.map.zfar = 0.02, 12.0
    # The planes are given in units of the extent; fixed, so that depth does not depend on objects.
    spec.stat.extent = 1.0
    spec.stat.center = [0, 0, 0]
    spec.worldbody.add_camera(name=CAMERA, fovy=FOVY_DEG)
    return spec


def _add_grains(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add faint grey patterns, so that not every plain colour is perfectly even."""
    for index in range(_GRAINS):
        cells = int(rng.integers(6, 40))
        noise = cv2.resize(rng.uniform(190, 255, (cells, cells)).astype(np.float32), (64, 64))
        image = np.repeat(noise[..., None], 3, axis=2).astype(np.uint8)
        room.add_texture(spec, f'grain_{index}', image, mujoco.mjtTexture.mjTEXTURE_CUBE)


def _add_material(
    spec: mujoco.MjSpec, rng: np.random.Generator, index: int, choice: Choice
) -> str:
    metal = choice.colour == 'silver'
    colour = (
        np.array(COLOURS[choice.colour]) * rng.uniform(0.85, 1.15) * rng.uniform(0.95, 1.05, 3)
    )
    material = spec.add_material(
        name=f'material_{index}',
        rgba=[*np.clip(colour, 0, 1), 1],
        specular=0.9 if metal else rng.uniform(0.1, 0.6),
        shininess=0.7 if metal else rng.uniform(0.1, 0.7),
        reflectance=0,
    )
    if rng.random() < 0.5:
        grain = f'grain_{rng.integers(_GRAINS)}'
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = grain
    return material.name


def _add_object(
    spec: mujoco.MjSpec, rng: np.random.Generator, index: int, choice: Choice
) -> np.ndarray:
    """Add one free body; return points of its hull in the body frame, (V, 3)."""
    form = assets.shape(choice.noun.shape)
    body = spec.worldbody.add_body(name=f'object_{index}', pos=[index, 0, 5])
    body.add_freejoint(name=f'joint_{index}')
    geom = body.add_geom(material=_add_material(spec, rng, index, choice))
    geom.density, geom.friction, geom.condim = 300, _FRICTION, 4
    if choice.noun.shape in assets.ROUND_SHAPES:
        # Without rolling friction a ball leaves the table before the scene has settled.
        geom.condim, geom.friction = 6, [0.9, 0.02, 0.008]
    scale = rng.uniform(0.85, 1.15)
    if isinstance(form, assets.Primitive):
        return _shape_primitive(geom, form, scale * rng.uniform(0.9, 1.1))
    mesh = spec.add_mesh(name=f'mesh_{index}', maxhullvert=40)
    mesh.uservert, mesh.userface = (form.vertices * scale).ravel(), form.faces.ravel()
    mesh.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
    geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, mesh.name
    return form.vertices.astype(np.float64) * scale


def _shape_primitive(geom: mujoco.MjsGeom, form: assets.Primitive, scale: float) -> np.ndarray:
    half = np.array(form.half_sizes) * scale
    geom.type, geom.pos = _GEOMS[form.kind], [0, 0, half[2]]
    # Sphere: radius; cylinder and capsule: radius and half length; the capsule adds its caps.
    if form.kind in ('cylinder', 'capsule'):
        geom.size = [half[0], half[2] - (half[0] if form.kind == 'capsule' else 0), 0]
    else:
        geom.size = half
    corners = np.stack(np.meshgrid([-1, 1], [-1, 1], [-1, 1]), -1).reshape(-1, 3)
    return corners * half + [0, 0, half[2]]
