"""Builds the MuJoCo scene: a room, a table and named objects lying on it."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from efficientsam3_ros.simulation.camera.renderer import CAMERA
from efficientsam3_ros.simulation.packs.pack import Form, Pack
from efficientsam3_ros.simulation.scene import bodies, occluder
from efficientsam3_ros.simulation.scene.addition import Addition
from efficientsam3_ros.simulation.scene.selection import Choice
from efficientsam3_ros.simulation.scene.stage import Stage
from efficientsam3_ros.simulation.vocabulary import phrases

TIME_STEP = 0.004


@dataclass(frozen=True)
class SceneObject:
    """What is known about one object.

    Attributes:
        id: Its value in the id image, from 1.
        noun: Its noun.
        color: Its colour, None when it is patterned.
        phrases: Every phrase that is true of it.
        asset: Key of its shape in the pack.
    """

    id: int
    noun: str
    color: str | None
    phrases: frozenset[str]
    asset: str


@dataclass(frozen=True)
class Scene:
    """A compiled scene.

    Attributes:
        model: MuJoCo model.
        data: MuJoCo state.
        stage: What is around the objects.
        objects: Objects, id = index + 1.
        points: Per object float64 (V, 3) points on its hull, body frame, metres.
        object_of_geom: uint16 (ngeom,) object id of each geom, 0 = background.
    """

    model: mujoco.MjModel
    data: mujoco.MjData
    stage: Stage
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
    pack: Pack,
    stage: Stage,
    forms: np.random.SeedSequence,
    size: tuple[int, int],
    field_of_view: float,
    with_occluder: bool,
    addition: Addition | None = None,
) -> Scene:
    """Compile a scene; the objects are not placed yet.

    Args:
        rng: Source of randomness.
        chosen: What to put on the table.
        pack: Where the shapes come from.
        stage: What is around them.
        forms: Seed of what the pack draws by chance.
        size: (width, height) of the images to be drawn.
        field_of_view: Of the camera, from an image's upper edge to its lower one, degrees.
        with_occluder: Whether to add the hand or box of ``occluder``.
        addition: What else is in it.
    """
    spec = _empty(size, field_of_view)
    stage.add(spec, rng)
    bodies.add_grains(spec, rng)
    if with_occluder:
        occluder.add_occluder(spec, rng)
    points = [
        bodies.add_object(spec, rng, index, choice, _form(pack, choice, own), addition)
        for index, (choice, own) in enumerate(zip(chosen, forms.spawn(len(chosen))))
    ]
    if addition is not None:
        addition.add(spec)
    model = spec.compile()
    objects = tuple(_describe(index + 1, choice) for index, choice in enumerate(chosen))
    body_to_id = np.zeros(model.nbody, np.uint16)
    for item in objects:
        body_to_id[model.body(f'object_{item.id - 1}').id] = item.id
    object_of_geom = body_to_id[model.geom_bodyid]
    return Scene(model, mujoco.MjData(model), stage, objects, tuple(points), object_of_geom)


def _form(pack: Pack, choice: Choice, seed: np.random.SeedSequence) -> Form:
    return pack.form(choice.noun, choice.color, np.random.default_rng(seed))


def _describe(number: int, choice: Choice) -> SceneObject:
    noun = choice.noun
    colors = noun.colors if noun.patterned else (choice.color,)
    true = frozenset().union(*(phrases(noun.name, color, noun.also) for color in colors))
    shown = None if noun.patterned else choice.color
    return SceneObject(number, noun.name, shown, true, noun.shape)


def _empty(size: tuple[int, int], field_of_view: float) -> mujoco.MjSpec:
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
    spec.worldbody.add_camera(name=CAMERA, fovy=field_of_view)
    return spec
