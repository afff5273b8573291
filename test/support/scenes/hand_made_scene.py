"""A table with one block on it and the gripper, without OpenGL or a pack."""

from __future__ import annotations

import mujoco
import numpy as np

from efficientsam3_ros.simulation.grasping.attempt import Plan
from efficientsam3_ros.simulation.grasping.hand_body import add_hand
from efficientsam3_ros.simulation.grasping.hand_shape import DEFAULT_SHAPE, HandShape
from efficientsam3_ros.simulation.scene.scene import Scene, SceneObject

DOWN = np.array([[1.0, 0, 0], [0, -1, 0], [0, 0, -1]])
"""A hand that comes from above and closes along y."""


def block_scene(edge: float = 0.05, shape: HandShape = DEFAULT_SHAPE, others: tuple = ()) -> Scene:
    """Return a cube of an edge, metres, at rest in the middle; ``others`` are places of more."""
    spec = mujoco.MjSpec()
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 5
    box = mujoco.mjtGeom.mjGEOM_BOX
    spec.worldbody.add_geom(name='table', type=box, size=[0.5, 0.4, 0.02], pos=[0, 0, -0.02])
    places = ((0.0, 0.0), *others)
    for index, (x, y) in enumerate(places):
        body = spec.worldbody.add_body(name=f'object_{index}', pos=[x, y, edge / 2])
        body.add_freejoint(name=f'joint_{index}')
        body.add_geom(type=box, size=[edge / 2] * 3, density=300, friction=[0.9, 0.02, 0.002])
    add_hand(spec, shape)
    model = spec.compile()
    owner = np.zeros(model.ngeom, np.uint16)
    for index in range(len(places)):
        owner[model.geom_bodyid == model.body(f'object_{index}').id] = index + 1
    objects = tuple(
        SceneObject(index + 1, 'block', 'red', frozenset(), 'block')
        for index in range(len(places))
    )
    scene = Scene(model, mujoco.MjData(model), None, objects, (), owner)
    scene.step(100)
    scene.data.qvel[:] = 0
    mujoco.mj_forward(model, scene.data)
    return scene


def from_above(x: float, y: float, z: float, width: float = 0.07) -> Plan:
    """Return a grasp with the fingertips at a place, metres."""
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = DOWN, (x, y, z)
    return Plan(pose, width)
